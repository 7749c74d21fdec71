using System.Security.Cryptography.X509Certificates;

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
}
