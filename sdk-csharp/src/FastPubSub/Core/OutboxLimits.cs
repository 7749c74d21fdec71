namespace FastPubSub.Core;

/// <summary>Bounds of the outbox.</summary>
/// <param name="Messages">How many publishes are queued or wait for their acknowledgement.</param>
/// <param name="Bytes">How many encoded bytes are queued. One publish always has room.</param>
internal readonly record struct OutboxLimits(int Messages, int Bytes);
