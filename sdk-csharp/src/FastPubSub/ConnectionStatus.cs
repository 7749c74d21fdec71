namespace FastPubSub;

/// <summary>A state of a client with its cause.</summary>
/// <param name="State">The state.</param>
/// <param name="Cause">
/// Why the connection was lost, why an attempt failed, or why the client has ended. Null when there is nothing
/// wrong, also when the application itself has closed the client.
/// </param>
public sealed record ConnectionStatus(ConnectionState State, FastPubSubException? Cause);
