namespace FastPubSub;

/// <summary>Where a client is in its life.</summary>
public enum ConnectionState
{
    /// <summary>There has not been a connection yet.</summary>
    Connecting,

    /// <summary>There is a connection, and everything is subscribed.</summary>
    Connected,

    /// <summary>
    /// The connection was lost, and the client makes a new one. What others publish meanwhile does not reach it.
    /// </summary>
    Reconnecting,

    /// <summary>The client has ended.</summary>
    Closed,
}
