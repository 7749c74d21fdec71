using FastPubSub.Transport;
using Microsoft.Extensions.Logging;

namespace FastPubSub.Core;

/// <summary>What a client is made of.</summary>
internal sealed record SupervisorSettings
{
    public required IDialer Dialer { get; init; }

    public required TokenSource Source { get; init; }

    public required Backoff Backoff { get; init; }

    /// <summary>Bounds one attempt to connect, from the token to the welcome.</summary>
    public required TimeSpan AttemptTimeout { get; init; }

    public required OutboxLimits Outbox { get; init; }

    /// <summary>Called in order, one at a time.</summary>
    public required Action<ConnectionStatus> OnState { get; init; }

    /// <summary>Called in order, one at a time.</summary>
    public required Action<FastPubSubException> OnError { get; init; }

    public required ILogger Logger { get; init; }

    public required TimeProvider Time { get; init; }
}
