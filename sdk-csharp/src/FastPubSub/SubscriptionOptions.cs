namespace FastPubSub;

/// <summary>Options of one subscription.</summary>
public sealed record SubscriptionOptions
{
    /// <summary>
    /// How many messages wait to be read before the oldest go. Default: what
    /// <see cref="FastPubSubClientOptions.SubscriptionBufferMessages"/> says.
    /// </summary>
    public int? BufferMessages { get; init; }

    /// <summary>
    /// How many bytes of payloads wait to be read before the oldest go. Default: what
    /// <see cref="FastPubSubClientOptions.SubscriptionBufferBytes"/> says.
    /// </summary>
    public int? BufferBytes { get; init; }
}
