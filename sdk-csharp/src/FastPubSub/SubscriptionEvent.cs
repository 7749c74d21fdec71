namespace FastPubSub;

/// <summary>What a subscription yields: a <see cref="Message"/>, or <see cref="Lagged"/> where some were lost.</summary>
public abstract class SubscriptionEvent
{
    private protected SubscriptionEvent()
    {
    }
}
