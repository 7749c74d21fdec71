using System.Net.Security;
using System.Runtime.CompilerServices;
using System.Security.Cryptography.X509Certificates;

namespace FastPubSub.Transport;

/// <summary>
/// Notes what a server asks for in the TLS handshakes of one handler. Any thread may use it.
/// </summary>
/// <remarks>
/// With TLS 1.3 a server says only after the client's part of the handshake what it thinks of the client's certificate,
/// and not every server says it: some just cut the connection.
/// </remarks>
internal sealed class Handshake
{
    private const string AuthorityInformationAccess = "1.3.6.1.5.5.7.1.1";

    // The TLS streams whose handshake has begun.
    private readonly ConditionalWeakTable<object, object> begun = [];
    private volatile bool unmet;

    /// <summary>
    /// Whether the server asked for a client certificate in the last handshake, and there was none that it would accept.
    /// Whether it insists shows afterwards.
    /// </summary>
    public bool IsUnmet => unmet;

    /// <summary>The server has said something within TLS: so it does not insist.</summary>
    public void Heard() => unmet = false;

    /// <summary>The server has said that it does not accept the client's certificate, or that there is none.</summary>
    public void Refused() => unmet = true;

    /// <summary>Makes options show a certificate, if there is one, and tell of every handshake.</summary>
    public void Note(SslClientAuthenticationOptions options, X509Certificate2? own)
    {
        var context = own is null ? null : SslStreamCertificateContext.Create(own, null, offline: true);
        if (context is not null && LooksForIssuers(context))
        {
            options.ClientCertificateContext = context; // the platform looks nowhere, and asks nobody: only an alert tells
            return;
        }

        options.LocalCertificateSelectionCallback = (stream, _, _, _, authorities) => Choose(stream, context, authorities)!;
    }

    /// <summary>
    /// The certificate to show. The platform asks first when a handshake begins, and, if it got none, again when the
    /// server has asked.
    /// </summary>
    private X509Certificate2? Choose(object stream, SslStreamCertificateContext? own, string[] authorities)
    {
        var begins = begun.TryAdd(stream, this);
        unmet = !begins && (own is null || !IsOf(own, authorities));
        return begins ? null : own?.TargetCertificate;
    }

    /// <summary>Whether one of the authorities has issued a certificate of a chain, or none is named.</summary>
    private static bool IsOf(SslStreamCertificateContext own, string[] authorities) =>
        authorities.Length == 0 || ChainOf(own).Any(certificate => authorities.Contains(certificate.Issuer));

    /// <summary>
    /// Whether the platform, if it is given the certificate only when the server asks, looks in the network for who has
    /// issued it, which may take until the attempt is over.
    /// </summary>
    private static bool LooksForIssuers(SslStreamCertificateContext own) =>
        ChainOf(own).Any(certificate => certificate.Extensions[AuthorityInformationAccess] is not null);

    private static IEnumerable<X509Certificate2> ChainOf(SslStreamCertificateContext own) =>
        own.IntermediateCertificates.Prepend(own.TargetCertificate);
}
