using System.Security.Cryptography.X509Certificates;
using FastPubSub.Core;
using FastPubSub.Transport;

namespace FastPubSub;

/// <summary>How a connection with TLS is secured. Without any option the system's roots are trusted.</summary>
public sealed record TlsOptions
{
    /// <summary>Certificate authorities that are trusted instead of those of the system.</summary>
    public X509Certificate2Collection? TrustedRoots { get; init; }

    /// <summary>The client's own certificate, with its private key.</summary>
    public X509Certificate2? ClientCertificate { get; init; }

    /// <summary>
    /// Accepts whatever certificate the server shows: anybody in between can read and change everything, the access
    /// token included. For tests only.
    /// </summary>
    public bool InsecureSkipCertificateValidation { get; init; }

    /// <summary>Says what is set, and nothing of the certificates.</summary>
    /// <returns>The text, for logs.</returns>
    public override string ToString() =>
        $"TlsOptions {{ TrustedRoots = {TrustedRoots?.Count.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "system"}, "
        + $"ClientCertificate = {(ClientCertificate is null ? "none" : "given")}, InsecureSkipCertificateValidation = {InsecureSkipCertificateValidation} }}";

    /// <summary>What is wrong with the options, or null.</summary>
    internal string? Problem() => this switch
    {
        { TrustedRoots.Count: 0 } => $"{nameof(TrustedRoots)} holds no certificate",
        { ClientCertificate.HasPrivateKey: false } => $"{nameof(ClientCertificate)} has no private key",
        _ => null,
    };

    /// <summary>Refuses options that an address without TLS would leave without effect.</summary>
    internal static void CheckUse(TlsOptions? tls, Endpoint endpoint, string secureSchemes)
    {
        if (!endpoint.IsSecure && tls is not null && tls != new TlsOptions())
        {
            throw Fault.New(
                ErrorReasons.RequestInvalid,
                $"options for TLS are given, but the server address is one without TLS; use {secureSchemes}").ToException();
        }
    }
}
