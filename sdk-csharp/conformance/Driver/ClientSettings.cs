using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using FastPubSub.Conformance.V1;
using Microsoft.Extensions.Logging;

namespace FastPubSub.Conformance;

/// <summary>Turns the runner's options into the SDK's. What is not set stays the SDK's default.</summary>
internal static class ClientSettings
{
    public static FastPubSubClientOptions Of(
        OpenCommand command, TokenSource source, Action<ConnectionStatus> onState, Action<FastPubSubException> onError, ILoggerFactory log)
    {
        var given = command.Options ?? new ClientOptions();
        var options = new FastPubSubClientOptions
        {
            Url = command.Url,
            TokenSource = source,
            OnStateChanged = onState,
            OnError = onError,
            LoggerFactory = log,
            Tls = TlsOf(given),
        };
        options = command.Timeout is { } timeout ? options with { ConnectTimeout = timeout.ToTimeSpan() } : options;
        options = given.HasSubscriptionBufferMessages ? options with { SubscriptionBufferMessages = (int)given.SubscriptionBufferMessages } : options;
        options = given.HasPublishBufferBytes ? options with { PublishBufferBytes = (int)given.PublishBufferBytes } : options;
        return options with
        {
            Reconnect = new ReconnectOptions
            {
                Shortest = given.BackOffMin?.ToTimeSpan() ?? options.Reconnect.Shortest,
                Longest = given.BackOffMax?.ToTimeSpan() ?? options.Reconnect.Longest,
            },
        };
    }

    /// <summary>Authorities from a PEM text.</summary>
    public static X509Certificate2Collection RootsOf(string pem)
    {
        var roots = new X509Certificate2Collection();
        roots.ImportFromPem(pem);
        return roots;
    }

    /// <summary>The SDK takes the platform's certificate, which always has been read already.</summary>
    private static X509Certificate2 CertificateOf(string certificatePem, string keyPem)
    {
        try
        {
            return X509Certificate2.CreateFromPem(certificatePem, keyPem);
        }
        catch (Exception unusable) when (unusable is CryptographicException or ArgumentException)
        {
            throw new InexpressibleException("a client certificate is the platform's X509Certificate2, which takes no such text", unusable);
        }
    }

    private static TlsOptions? TlsOf(ClientOptions given) =>
        !given.HasCaPem && !given.HasCertificatePem && !given.InsecureSkipVerify
            ? null
            : new TlsOptions
            {
                TrustedRoots = given.HasCaPem ? RootsOf(given.CaPem) : null,
                ClientCertificate = given.HasCertificatePem ? CertificateOf(given.CertificatePem, given.KeyPem) : null,
                InsecureSkipCertificateValidation = given.InsecureSkipVerify,
            };
}
