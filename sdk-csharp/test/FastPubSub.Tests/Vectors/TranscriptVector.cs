namespace FastPubSub.Tests.Vectors;

/// <summary>A case of transcripts.json: one frame of the session protocol and what it says.</summary>
public sealed record TranscriptVector : Vector
{
    public required string Kind { get; init; }

    public required Part[] Frame { get; init; }

    public required bool Valid { get; init; }

    public string? Reason { get; init; }

    /// <summary>Whether a client writes exactly these bytes.</summary>
    public bool Canonical { get; init; }

    public SessionCommand? Command { get; init; }

    public SessionEvent? Event { get; init; }

    public sealed record SessionCommand(
        PatternCommand? Subscribe = null,
        PatternCommand? Unsubscribe = null,
        PublishCommand? Publish = null,
        AuthenticateCommand? Authenticate = null,
        PingCommand? Ping = null);

    public sealed record PatternCommand(ulong RequestId, string Tenant, string Pattern);

    public sealed record PublishCommand(OutgoingMessage[] Messages);

    public sealed record OutgoingMessage(ulong RequestId, string Tenant, string Channel, Part[] Payload, string DeliveryMode);

    public sealed record AuthenticateCommand(ulong RequestId, string Token);

    public sealed record PingCommand(ulong RequestId);

    public sealed record SessionEvent(
        WelcomeEvent? Welcome = null,
        SuccessEvent? Success = null,
        FailureEvent? Failure = null,
        DeliveriesEvent? Deliveries = null,
        LostEvent? Lost = null,
        SubscriptionEndedEvent? SubscriptionEnded = null,
        GoAwayEvent? GoAway = null);

    public sealed record WelcomeEvent(
        string SessionId, string Node, string ServerVersion, WelcomeLimits Limits, double KeepAliveIntervalMs, long TokenExpiresAtUnixNanos = 0);

    public sealed record WelcomeLimits(int MaxTenantBytes, int MaxChannelBytes, int MaxPayloadBytes, int MaxFrameBytes);

    public sealed record SuccessEvent(ulong[] RequestIds, ulong PatternHandle = 0, long TokenExpiresAtUnixNanos = 0);

    public sealed record FailureEvent(ulong RequestId, string Reason, string Message, bool Retryable, bool ClosesSession);

    public sealed record DeliveriesEvent(DeliveredMessage[] Messages);

    public sealed record DeliveredMessage(
        ulong IdOrigin, ulong IdSequence, long PublishedAtUnixNanos, string Tenant, string Channel, Part[] Payload, ulong[] PatternHandles);

    public sealed record LostEvent(ulong Messages);

    public sealed record SubscriptionEndedEvent(ulong PatternHandle, string Reason, string Message, string Tenant, string Pattern);

    public sealed record GoAwayEvent(string Reason, string Message, double TimeUntilCloseMs);
}
