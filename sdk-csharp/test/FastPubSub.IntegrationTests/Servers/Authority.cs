using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace FastPubSub.IntegrationTests.Servers;

/// <summary>A private certificate authority.</summary>
internal sealed class Authority : IDisposable
{
    private readonly X509Certificate2 certificate;

    public Authority(string name = "Test authority")
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN=\"{name}\"", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-2), DateTimeOffset.UtcNow.AddDays(2));
    }

    public X509Certificate2Collection Roots => [X509CertificateLoader.LoadCertificate(certificate.RawData)];

    public string Pem => certificate.ExportCertificatePem();

    /// <summary>A certificate for 127.0.0.1, as a server or as a client.</summary>
    /// <param name="expired">It was good until yesterday.</param>
    /// <param name="issuerAddress">Where the authority's own certificate is to be had, as the certificate says; null: it does not say.</param>
    public X509Certificate2 Issue(bool expired = false, string? issuerAddress = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1"), new Oid("1.3.6.1.5.5.7.3.2")], false));
        if (issuerAddress is not null)
        {
            request.CertificateExtensions.Add(new X509AuthorityInformationAccessExtension(null, [issuerAddress]));
        }

        var end = DateTimeOffset.UtcNow.AddDays(expired ? -1 : 1);
        using var issued = request.Create(certificate, DateTimeOffset.UtcNow.AddDays(-2).AddMinutes(1), end, RandomNumberGenerator.GetBytes(8));
        return issued.CopyWithPrivateKey(key);
    }

    /// <summary>Writes certificate, key and authority as PEM files, and gives the flags of a server that uses them.</summary>
    public string[] ServerFlags(string folder, X509Certificate2 server, bool askClients)
    {
        var (cert, key, authority) = (Path.Combine(folder, "cert.pem"), Path.Combine(folder, "key.pem"), Path.Combine(folder, "ca.pem"));
        File.WriteAllText(cert, server.ExportCertificatePem());
        File.WriteAllText(key, server.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());
        File.WriteAllText(authority, Pem);
        string[] flags = ["--tls-cert-file", cert, "--tls-key-file", key];
        return askClients ? [.. flags, "--tls-client-ca-file", authority] : flags;
    }

    public void Dispose() => certificate.Dispose();
}
