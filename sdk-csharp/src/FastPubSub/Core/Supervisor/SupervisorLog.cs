using Microsoft.Extensions.Logging;

namespace FastPubSub.Core;

/// <summary>Everything that a client logs. Causes are texts of the SDK, which hold no secret (SDK-19).</summary>
internal static partial class SupervisorLog
{
    [LoggerMessage(1, LogLevel.Debug, "FastPubSub: {State}")]
    public static partial void StateChanged(ILogger logger, ConnectionState state);

    [LoggerMessage(2, LogLevel.Warning, "FastPubSub: {State}: {Cause}")]
    public static partial void StateChangedBecause(ILogger logger, ConnectionState state, string cause);

    [LoggerMessage(3, LogLevel.Information, "FastPubSub: session {Session} on node {Node}, server {Version}")]
    public static partial void Connected(ILogger logger, string session, string node, string version);

    [LoggerMessage(4, LogLevel.Warning, "FastPubSub: cannot connect, attempt {Attempt}: {Cause}")]
    public static partial void AttemptFailed(ILogger logger, int attempt, string cause);

    [LoggerMessage(5, LogLevel.Information, "FastPubSub: the server asks to move: {Reason}: {Text}")]
    public static partial void Moving(ILogger logger, string reason, string text);

    [LoggerMessage(6, LogLevel.Warning, "FastPubSub: the error handler is too slow to be told: {Cause}")]
    public static partial void HandlerTooSlow(ILogger logger, string cause);

    [LoggerMessage(7, LogLevel.Error, "FastPubSub: a handler of the application failed")]
    public static partial void HandlerFailed(ILogger logger, Exception exception);

    [LoggerMessage(8, LogLevel.Error, "FastPubSub: the client ends because of a fault of its own")]
    public static partial void OwnFault(ILogger logger, Exception exception);

    [LoggerMessage(9, LogLevel.Warning, "FastPubSub: {Cause}")]
    public static partial void Unreported(ILogger logger, string cause);
}
