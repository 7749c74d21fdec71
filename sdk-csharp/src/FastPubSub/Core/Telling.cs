namespace FastPubSub.Core;

/// <summary>One subscribe that one connection has sent.</summary>
internal sealed class Telling(Route route)
{
    public Route Route { get; } = route;

    /// <summary>Guarded by the registry.</summary>
    public bool IsAcknowledged { get; set; }
}
