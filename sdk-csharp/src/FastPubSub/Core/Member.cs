namespace FastPubSub.Core;

/// <summary>One local subscription to a route.</summary>
internal sealed class Member(Route route, Inbox inbox)
{
    public Route Route { get; } = route;

    public Inbox Inbox { get; } = inbox;

    /// <summary>Completes when a connection has acknowledged the pattern.</summary>
    public Receipt Ready { get; } = new();
}
