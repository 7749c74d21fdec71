namespace FastPubSub.Core;

/// <summary>The writer of one connection, as the outbox sees it.</summary>
internal sealed class Consumer
{
    /// <summary>Set when the writer should look again.</summary>
    public Signal Wake { get; } = new();
}
