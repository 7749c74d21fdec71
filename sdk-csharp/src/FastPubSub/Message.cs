namespace FastPubSub;

/// <summary>One received message. It never changes; subscriptions may share it.</summary>
public sealed class Message : SubscriptionEvent
{
    private const long NanosecondsPerTick = 100;

    internal Message(string tenant, string channel, ReadOnlyMemory<byte> payload, MessageId id, long publishedAt)
    {
        Tenant = tenant;
        Channel = channel;
        Payload = payload;
        Id = id;
        PublishedAtUnixNanoseconds = publishedAt;
    }

    /// <summary>The tenant that it was published to.</summary>
    public string Tenant { get; }

    /// <summary>The channel that it was published to.</summary>
    public string Channel { get; }

    /// <summary>
    /// What was published. A small payload may share up to 4 KiB of memory with its neighbours: a program that
    /// keeps few of very many messages for long copies it.
    /// </summary>
    public ReadOnlyMemory<byte> Payload { get; }

    /// <summary>Names the message across the cluster.</summary>
    public MessageId Id { get; }

    /// <summary>The time of publishing by the server's clock, in nanoseconds since the Unix epoch.</summary>
    public long PublishedAtUnixNanoseconds { get; }

    /// <summary>The time of publishing by the server's clock, to 100 ns.</summary>
    public DateTimeOffset PublishedAt => DateTimeOffset.UnixEpoch.AddTicks(PublishedAtUnixNanoseconds / NanosecondsPerTick);

    /// <summary>Says which message it is, without its payload.</summary>
    /// <returns>The text, for logs.</returns>
    public override string ToString() => $"Message {Id} to {Channel} of {Tenant}, {Payload.Length} bytes";
}
