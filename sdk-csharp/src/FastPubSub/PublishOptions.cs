namespace FastPubSub;

/// <summary>Options of one publish.</summary>
public sealed record PublishOptions
{
    internal static readonly PublishOptions Default = new();

    /// <summary>To whom the message goes.</summary>
    public DeliveryMode DeliveryMode { get; init; } = DeliveryMode.Broadcast;

    /// <summary>
    /// True: the call completes when the server has acknowledged the message. False: it completes when the message has
    /// been handed to the connection; a later refusal reaches <see cref="FastPubSubClientOptions.OnError"/>.
    /// </summary>
    public bool Acknowledge { get; init; } = true;

    /// <summary>
    /// How long the call may take, the waiting for a connection included. Then it fails with
    /// <see cref="ErrorReasons.TimedOut"/>; a message that has not been sent until then never will be. Null: as long as
    /// it takes.
    /// </summary>
    public TimeSpan? Timeout { get; init; }
}
