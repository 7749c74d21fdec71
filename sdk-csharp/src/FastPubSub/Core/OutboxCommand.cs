namespace FastPubSub.Core;

/// <summary>What is queued beside publishes: a route to sync, or, without one, a ping.</summary>
/// <param name="Route">The route to compare with what the connection has been told.</param>
/// <param name="Receipt">Completed with the outcome; null when nobody waits.</param>
internal sealed record OutboxCommand(Route? Route, Receipt? Receipt);
