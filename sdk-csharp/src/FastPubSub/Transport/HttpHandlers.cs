using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using FastPubSub.Core;

namespace FastPubSub.Transport;

/// <summary>What every transport needs of HTTP and TLS (SDK-14).</summary>
internal static class HttpHandlers
{
    // How much the server may send ahead on one gRPC stream, in bytes.
    private const int StreamWindow = 1 << 20;

    public const string UserAgent = "fastpubsub-csharp";

    /// <summary>
    /// A handler with connections of its own. A proxy is taken from the environment; it never follows a redirect, which
    /// keeps tokens from going anywhere else.
    /// </summary>
    public static SocketsHttpHandler Create(Endpoint endpoint, TlsOptions? tls) => new()
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        AutomaticDecompression = DecompressionMethods.None,
        ActivityHeadersPropagator = null,
        InitialHttp2StreamWindowSize = StreamWindow,
        UseProxy = endpoint.IsSecure || !endpoint.IsGrpc, // HTTP/2 without TLS goes through no proxy
        SslOptions = Security(tls),
    };

    /// <summary>
    /// The failure of an attempt that reached no server. It is final when one side does not accept the other's
    /// certificate, when the server does not speak TLS, or when a proxy wants a password, which another attempt does
    /// not mend.
    /// </summary>
    public static FastPubSubException CannotConnect(string host, Exception cause)
    {
        if (ProxyRefusal.Of(host, cause) is { } refused)
        {
            return refused.ToException();
        }

        var why = cause is OperationCanceledException ? "there was no answer in time" : TextOf(cause);
        return (IsAuthentication(cause)
            ? Fault.Wrap(
                cause,
                ErrorReasons.Unreachable,
                $"cannot connect to {host} with TLS: {why}; does this port speak TLS, and does each side trust the other's certificate?").Final()
            : Fault.Wrap(cause, ErrorReasons.Unreachable, $"cannot connect to {host}: {why}")).ToException();
    }

    private static SslClientAuthenticationOptions Security(TlsOptions? tls)
    {
        var options = new SslClientAuthenticationOptions();
        if (tls?.TrustedRoots is { } roots)
        {
            options.CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck, // private authorities seldom publish revocations
            };
            options.CertificateChainPolicy.CustomTrustStore.AddRange(roots);
        }

        if (tls?.ClientCertificate is { } certificate)
        {
            options.ClientCertificateContext = SslStreamCertificateContext.Create(certificate, null, offline: true);
        }

        if (tls is { InsecureSkipCertificateValidation: true })
        {
#pragma warning disable CA5359 // asked for under that very name
            options.RemoteCertificateValidationCallback = static (_, _, _, _) => true;
#pragma warning restore CA5359
        }

        return options;
    }

    private static bool IsAuthentication(Exception? exception)
    {
        for (; exception is not null; exception = exception.InnerException)
        {
            if (exception is AuthenticationException)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>What lies at the bottom of a failure, which says the most, in words without names of classes.</summary>
    public static string TextOf(Exception exception)
    {
        while (exception.InnerException is { } inner)
        {
            exception = inner;
        }

        return exception is ObjectDisposedException { ObjectName: var name }
            ? "the server closed the connection" + (name.EndsWith("SslStream", StringComparison.Ordinal) ? "; does it want a client certificate?" : string.Empty)
            : exception.Message;
    }
}
