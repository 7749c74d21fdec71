using System.Text.RegularExpressions;
using FastPubSub.Core;

namespace FastPubSub.Transport;

/// <summary>What a proxy says that makes no tunnel to the server.</summary>
internal static partial class ProxyRefusal
{
    /// <summary>What to do about a proxy that wants to know who asks.</summary>
    public const string LogIn =
        "the proxy wants a user name and a password (407): give them in its address, as in HTTPS_PROXY=http://user:password@proxy:3128, "
        + "or in the credentials of HttpClient.DefaultProxy, and see whether they are right";

    /// <summary>
    /// The fault of a tunnel that did not come about; null when the failure is none of a proxy. It is final when the
    /// proxy asks for a password, which another attempt does not bring. The platform's exception is not passed on: it
    /// shows the proxy's address, which may hold a password.
    /// </summary>
    public static Fault? Of(string host, Exception failure)
    {
        if (TunnelFailureIn(failure) is not { } refused)
        {
            return null;
        }

        var text = $"cannot connect to {host} through the proxy: ";
        var status = Status().Match(refused.Message);
        return status.Value switch
        {
            "'407'" => Fault.New(ErrorReasons.Unreachable, text + LogIn).Final(),
            "" => Fault.New(ErrorReasons.Unreachable, text + "it did not answer in order"),
            _ => Fault.New(ErrorReasons.Unreachable, $"{text}it answered with HTTP status {status.Value.Trim('\'')}; may it connect to this address?"),
        };
    }

    private static HttpRequestException? TunnelFailureIn(Exception? failure)
    {
        for (; failure is not null; failure = failure.InnerException)
        {
            if (failure is HttpRequestException { HttpRequestError: HttpRequestError.ProxyTunnelError } refused)
            {
                return refused;
            }
        }

        return null;
    }

    [GeneratedRegex(@"'\d{3}'")]
    private static partial Regex Status();
}
