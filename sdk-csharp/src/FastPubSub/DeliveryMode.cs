namespace FastPubSub;

/// <summary>To whom a message goes.</summary>
public enum DeliveryMode
{
    /// <summary>To every client with a matching subscription.</summary>
    Broadcast = 0,

    /// <summary>To exactly one client of the whole cluster, one close to the publisher if there is one.</summary>
    OneLowLatency = 2,

    /// <summary>To exactly one client of the whole cluster, chosen at random.</summary>
    OneRandom = 3,
}
