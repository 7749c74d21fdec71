namespace FastPubSub;

/// <summary>
/// Stands between the messages of a subscription where some were lost because they were read too slowly. The
/// subscription goes on.
/// </summary>
public sealed class Lagged : SubscriptionEvent
{
    internal Lagged(ulong missed, bool atServer)
    {
        Missed = missed;
        AtServer = atServer;
    }

    /// <summary>How many messages were lost.</summary>
    public ulong Missed { get; }

    /// <summary>
    /// False when this subscription's own buffer was full. True when the server dropped messages because the whole
    /// client reads too slowly; then <see cref="Missed"/> counts messages of all its subscriptions.
    /// </summary>
    public bool AtServer { get; }

    /// <summary>Says how many were lost, and where.</summary>
    /// <returns>The text, for logs.</returns>
    public override string ToString() => AtServer
        ? $"Lagged: the server dropped {Missed} messages of this client"
        : $"Lagged: {Missed} messages did not fit into the subscription's buffer";
}
