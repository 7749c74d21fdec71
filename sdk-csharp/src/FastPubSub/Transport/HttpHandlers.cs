using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace FastPubSub.Transport;

/// <summary>What every transport needs of HTTP and TLS (SDK-14).</summary>
internal static class HttpHandlers
{
    // How much the server may send ahead on one gRPC stream, in bytes.
    private const int StreamWindow = 1 << 20;

    public const string UserAgent = "fastpubsub-csharp";

    /// <summary>
    /// A handler with connections of its own. A proxy is taken from the environment; it never follows a redirect, which
    /// keeps tokens from going anywhere else. The handshake is told of what its servers ask for.
    /// </summary>
    public static SocketsHttpHandler Create(Endpoint endpoint, TlsOptions? tls, Handshake handshake) => new()
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        AutomaticDecompression = DecompressionMethods.None,
        ActivityHeadersPropagator = null,
        InitialHttp2StreamWindowSize = StreamWindow,
        UseProxy = endpoint.IsSecure || !endpoint.IsGrpc, // HTTP/2 without TLS goes through no proxy
        SslOptions = Security(tls, handshake),
        PlaintextStreamFilter = endpoint.IsSecure ? (context, _) => new(new FirstWord(context.PlaintextStream, handshake)) : null,
    };

    private static SslClientAuthenticationOptions Security(TlsOptions? tls, Handshake handshake)
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

        handshake.Note(options, tls?.ClientCertificate);
        if (tls is { InsecureSkipCertificateValidation: true })
        {
#pragma warning disable CA5359 // asked for under that very name
            options.RemoteCertificateValidationCallback = static (_, _, _, _) => true;
#pragma warning restore CA5359
        }

        return options;
    }
}
