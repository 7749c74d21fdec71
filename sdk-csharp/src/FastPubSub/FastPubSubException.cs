using FastPubSub.Core;

namespace FastPubSub;

/// <summary>
/// What every failing call throws, with one exception: a call whose <see cref="CancellationToken"/> is cancelled
/// throws <see cref="OperationCanceledException"/>, and has this one inside. It never holds a secret.
/// </summary>
public sealed class FastPubSubException : Exception
{
    /// <summary>
    /// Makes an exception, for a <see cref="TokenSource"/> of one's own: whether it is tried again follows from
    /// the reason.
    /// </summary>
    /// <param name="reason">One of <see cref="ErrorReasons"/>.</param>
    /// <param name="message">What is wrong and what to do. No secret.</param>
    /// <param name="innerException">What lies underneath.</param>
    public FastPubSubException(string reason, string message, Exception? innerException = null)
        : this(Fault.Wrap(innerException, reason, message))
    {
    }

    internal FastPubSubException(Fault fault)
        : base($"{fault.Reason}: {fault.Text}", fault.Cause)
    {
        Fault = fault;
    }

    /// <summary>Why; one of <see cref="ErrorReasons"/>, or one that only a newer server knows. Compare this, never the text.</summary>
    public string Reason => Fault.Reason;

    /// <summary>
    /// Whether the same may succeed later without a change in the program. <see cref="ErrorReasons.TokenExpired"/>
    /// may with a fresh token.
    /// </summary>
    public bool IsRetryable => Fault.IsRetryable;

    internal Fault Fault { get; }
}
