using System.ComponentModel;
using System.Security.Cryptography;
using FastPubSub.Tests.Fakes;
using FastPubSub.Transport;

namespace FastPubSub.Tests.Transport;

/// <summary>What a server says of the client's certificate: SDK-12, SDK-14.</summary>
public class CertificateAlertTests
{
    private const string Demanded = "the server demands a client certificate and got none that it accepts";

    public static TheoryData<byte> OfCertificates => [42, 43, 44, 45, 46, 48, 49, 116];

    // Handshake failure, illegal parameter, protocol version, internal error, unrecognized name, no application protocol.
    public static TheoryData<byte> Others => [40, 47, 70, 80, 112, 120];

    [Theory]
    [MemberData(nameof(OfCertificates))]
    public async Task SDK_12_an_alert_about_the_certificate_is_final(byte alert)
    {
        foreach (var failure in await FailuresOf(alert))
        {
            Assert.Equal((ErrorReasons.Unreachable, false), (failure.Reason, failure.IsRetryable));
            Assert.Contains(Demanded, failure.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(Others))]
    public async Task SDK_12_another_alert_is_not_about_the_certificate(byte alert)
    {
        foreach (var failure in await FailuresOf(alert))
        {
            Assert.Equal(ErrorReasons.Unreachable, failure.Reason);
            Assert.DoesNotContain(Demanded, failure.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void An_alert_that_SChannel_has_received_has_a_number_of_its_own()
    {
        foreach (var number in new[] { 0x80090325, 0x80090327, 0x80090328, 0x8009030C, 0x80092010 })
        {
            Assert.True(CertificateAlert.IsIn(new IOException("x", new Win32Exception(unchecked((int)number)))));
        }

        var unsaid = new IOException("x", new Win32Exception(unchecked((int)0x80090326)));
        Assert.False(CertificateAlert.IsIn(unsaid));
        Assert.True(CertificateAlert.IsHandshakeFailureIn(unsaid));
        Assert.False(CertificateAlert.IsIn(new IOException("x", new System.Net.Sockets.SocketException(104))));
    }

    [Fact]
    public void OpenSsl_counts_its_libraries_in_two_ways()
    {
        Assert.True(CertificateAlert.IsIn(new IOException("x", new CryptographicException(0x0A00045C)))); // 116
        Assert.True(CertificateAlert.IsIn(new IOException("x", new CryptographicException(0x14094412)))); // 42, before version 3
        Assert.False(CertificateAlert.IsIn(new CryptographicException(0x0A000086))); // its own: the server's certificate cannot be verified
        Assert.False(CertificateAlert.IsIn(new CryptographicException(0x0580045C))); // of another library
        Assert.False(CertificateAlert.IsIn(new CryptographicException("x")));
    }

    private static async Task<List<FastPubSubException>> FailuresOf(byte alert)
    {
        await using var server = new AlertingServer(alert);
        var failures = new List<FastPubSubException>();
        foreach (var by in Enum.GetValues<Attempter>())
        {
            using var attempts = new Attempts(by, server.Port, new TlsOptions());
            failures.Add(await attempts.NextAsync());
        }

        return failures;
    }
}
