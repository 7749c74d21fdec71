using Contract = FastPubSub.V1;

namespace FastPubSub.Core;

/// <summary>
/// A refusal or a failure, as a value. It is immutable and shared freely; each throw gets an exception of its own.
/// </summary>
internal sealed class Fault
{
    private Fault(string reason, Retry retry, string text, Exception? cause)
    {
        Reason = reason;
        Retry = retry;
        Text = text;
        Cause = cause;
    }

    /// <summary>Why; what callers compare.</summary>
    public string Reason { get; }

    /// <summary>Whether the same may succeed later.</summary>
    public Retry Retry { get; }

    /// <summary>For people: what is wrong and what to do. It holds no secret.</summary>
    public string Text { get; }

    /// <summary>What lies underneath, or null.</summary>
    public Exception? Cause { get; }

    public bool IsRetryable => Retry != Retry.No;

    /// <summary>A fault whose Retry is the catalogue's.</summary>
    public static Fault New(string reason, string text) => Wrap((Exception?)null, reason, text);

    public static Fault Wrap(Exception? cause, string reason, string text) =>
        new(reason, Catalogue.RetryOf(reason), text, cause);

    public static Fault Wrap(Fault? cause, string reason, string text) => Wrap(cause?.ToException(), reason, text);

    /// <summary>
    /// A refusal that a server gave. The catalogue decides whether to retry; for a reason that this client does not
    /// know the server's own word counts. One of the client's own is not a server's to give: it is like one that is not
    /// known, and must not look like the client's.
    /// </summary>
    public static Fault Refusal(string reason, string text, bool retryable)
    {
        if (Catalogue.IsOwn(reason))
        {
            (reason, text) = (Catalogue.Unspecified, $"the server gave the reason {reason}, which is not for servers: {text}");
        }

        return !Catalogue.Knows(reason) && retryable ? new(reason, Retry.Yes, text, null) : New(reason, text);
    }

    public static Fault FromFailure(Contract.Failure failure) =>
        Refusal(Catalogue.TextOf(failure.Reason), failure.Message, failure.Retryable);

    /// <summary>The fault in an exception; another exception becomes CONNECTION_LOST.</summary>
    public static Fault From(Exception exception) => exception is FastPubSubException known
        ? known.Fault
        : Wrap(exception, ErrorReasons.ConnectionLost, "the connection failed");

    /// <summary>A copy that must not be tried again.</summary>
    public Fault Final() => new(Reason, Retry.No, Text, Cause);

    /// <summary>A copy with another text and another cause.</summary>
    public Fault With(string text, Exception? cause) => new(Reason, Retry, text, cause);

    public FastPubSubException ToException() => new(this);

    public override string ToString() => Cause is null ? $"{Reason}: {Text}" : $"{Reason}: {Text}: {Cause.Message}";
}
