using System.Security.Authentication;
using FastPubSub.Core;

namespace FastPubSub.Transport;

/// <summary>Why an attempt reached no server.</summary>
internal static class Unreachable
{
    private const string CertificateDemanded =
        "the server demands a client certificate and got none that it accepts; give one, by "
        + $"{nameof(TlsOptions)}.{nameof(TlsOptions.ClientCertificate)}, that an authority of the server has issued";

    /// <summary>
    /// The failure of an attempt that reached no server. It is final when one side does not accept the other's
    /// certificate, when the server does not speak TLS, or when a proxy wants a password, which another attempt does
    /// not mend.
    /// </summary>
    /// <param name="host">Host and port.</param>
    /// <param name="handshake">What is known of the last handshake.</param>
    /// <param name="cause">What the platform says.</param>
    public static FastPubSubException Of(string host, Handshake handshake, Exception cause) =>
        FaultOf(host, handshake, cause).ToException();

    /// <summary>What lies at the bottom of a failure, which says the most, in words without names of classes.</summary>
    public static string TextOf(Exception exception)
    {
        var bottom = Chain(exception).Last();
        return bottom is ObjectDisposedException ? "the server closed the connection" : bottom.Message;
    }

    private static Fault FaultOf(string host, Handshake handshake, Exception cause)
    {
        if (ProxyRefusal.Of(host, cause) is { } refused)
        {
            return refused;
        }

        if (IsCertificateRefused(handshake, cause))
        {
            return Fault.Wrap(cause, ErrorReasons.Unreachable, $"cannot connect to {host}: {CertificateDemanded}").Final();
        }

        var why = cause is OperationCanceledException ? "there was no answer in time" : TextOf(cause);
        return IsAuthentication(cause)
            ? Fault.Wrap(
                cause,
                ErrorReasons.Unreachable,
                $"cannot connect to {host} with TLS: {why}; does this port speak TLS, and does each side trust the other's certificate?").Final()
            : Fault.Wrap(cause, ErrorReasons.Unreachable, $"cannot connect to {host}: {why}");
    }

    /// <summary>Whether the server has said so, or has cut the connection after it asked for a certificate in vain.</summary>
    private static bool IsCertificateRefused(Handshake handshake, Exception cause) =>
        CertificateAlert.IsIn(cause)
        || (handshake.IsUnmet && (CertificateAlert.IsHandshakeFailureIn(cause) || Chain(cause).All(IsOfTheConnection)));

    /// <summary>
    /// Neither from making a connection, nor from waiting too long for it or giving it up, nor from looking at the
    /// server's certificate.
    /// </summary>
    private static bool IsOfTheConnection(Exception exception) => exception is not (
        OperationCanceledException
        or TimeoutException
        or AuthenticationException
        or HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError });

    private static bool IsAuthentication(Exception cause) => Chain(cause).Any(exception => exception is AuthenticationException);

    private static IEnumerable<Exception> Chain(Exception? exception)
    {
        for (; exception is not null; exception = exception.InnerException)
        {
            yield return exception;
        }
    }
}
