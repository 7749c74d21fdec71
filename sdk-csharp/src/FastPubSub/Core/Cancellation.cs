namespace FastPubSub.Core;

/// <summary>
/// What a caller sees who has cancelled: the platform's own exception, with the SDK's inside. Everything else is
/// <see cref="FastPubSubException"/>.
/// </summary>
internal static class Cancellation
{
    public static Exception Translate(Fault fault, CancellationToken cancellationToken) =>
        fault.Reason == ErrorReasons.Canceled && cancellationToken.IsCancellationRequested
            ? new OperationCanceledException(fault.Text, fault.ToException(), cancellationToken)
            : fault.ToException();

    /// <summary>Throws when the caller had given up before anything was done.</summary>
    public static void ThrowIfRequested(string text, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            throw Translate(Fault.New(ErrorReasons.Canceled, text), cancellationToken);
        }
    }
}
