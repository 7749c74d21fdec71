using System.Text.RegularExpressions;
using FastPubSub.Conformance.V1;

namespace FastPubSub.Conformance;

/// <summary>Turns what a call of the SDK gave into a result.</summary>
internal static partial class Outcome
{
    public static Result Success => new() { Success = new Success() };

    public static Result Of(Success success) => new() { Success = success };

    public static Result Canceled => new() { Canceled = new Canceled() };

    public static Result Unsupported(string what) => new() { Unsupported = what };

    public static Result Fault(string what) => new() { Fault = what };

    public static Result NoClient(ulong id) => Fault($"there is no client {id}");

    public static Result NoSubscription(ulong id) => Fault($"there is no subscription {id}");

    /// <summary>The SDK's own exception is an error; anything else that it throws is a fault.</summary>
    public static Result Of(Exception exception) => exception switch
    {
        _ when OwnError(exception) is { } error => new Result { Error = error },
        InexpressibleException => Unsupported(exception.Message),
        OperationCanceledException => Canceled, // without the SDK's exception inside
        _ => Fault($"not the SDK's own exception: {exception}"),
    };

    /// <summary>The SDK's error in an exception; without one, the text alone.</summary>
    public static SdkError Reported(Exception exception) => OwnError(exception) ?? new SdkError { Message = exception.ToString() };

    /// <summary>
    /// The SDK's error: its own exception, or, when a call was cancelled, the platform's exception with the SDK's
    /// inside. The text is all there is, that of its causes included; names of classes in there are no text.
    /// </summary>
    private static SdkError? OwnError(Exception exception)
    {
        var own = exception as FastPubSubException
            ?? (exception as OperationCanceledException)?.InnerException as FastPubSubException;
        return own is null ? null : new SdkError { Reason = own.Reason, Retryable = own.IsRetryable, Message = TextOf(exception) };
    }

    // gRPC lists the exceptions below in its text; that of an object that has been disposed of names its class.
    [GeneratedRegex(@"\b(?:\w+\.)*\w+Exception: |\s*Object name: '[^']*'\.")]
    private static partial Regex ClassName();

    private static string TextOf(Exception exception)
    {
        var texts = new List<string>();
        for (Exception? next = exception; next is not null; next = next.InnerException)
        {
            texts.Add(next == exception ? next.Message : ClassName().Replace(next.Message, string.Empty));
        }

        return string.Join(": ", texts);
    }
}
