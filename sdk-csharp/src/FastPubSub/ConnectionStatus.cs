namespace FastPubSub;

/// <summary>A state of a client with its cause.</summary>
/// <param name="State">The state.</param>
/// <param name="Cause">
/// Why the connection was lost, why an attempt failed, or why the client has ended. Null when there is nothing
/// wrong, also when the application itself has closed the client.
/// </param>
public sealed record ConnectionStatus(ConnectionState State, FastPubSubException? Cause)
{
    /// <summary>Says the state and the cause in one line, without the stack of the cause.</summary>
    /// <returns>The text, for logs.</returns>
    public override string ToString() => Cause is null ? $"{State}" : $"{State} ({Cause.Message})";
}
