using FastPubSub.IntegrationTests.Servers;

namespace FastPubSub.IntegrationTests;

/// <summary>TLS with a private authority and a client certificate: SDK-14.</summary>
public sealed class TlsTests : IDisposable
{
    private readonly Authority authority = new();
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("fastpubsub-tls-");

    public static TheoryData<string> Transports => ["ws", "grpc"];

    public void Dispose()
    {
        authority.Dispose();
        folder.Delete(recursive: true);
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task SDK_14_a_private_authority_and_a_client_certificate(string transport)
    {
        using var certificate = authority.Issue();
        await using var server = await Server.StartAsync(authority.ServerFlags(folder.FullName, certificate, askClients: true));
        using var own = authority.Issue();
        var tls = new TlsOptions { TrustedRoots = authority.Roots, ClientCertificate = own };
        await using var watched = await Watched.ConnectAsync(server.Url(transport), server.AccessToken, tls);
        await watched.Client.PublishAsync(Server.Tenant, "a", default).Soon();
        await RefusedAsync(server.Url(transport), server.AccessToken, tls with { TrustedRoots = null });
        using var another = new Authority();
        await RefusedAsync(server.Url(transport), server.AccessToken, tls with { TrustedRoots = another.Roots });
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task SDK_12_a_server_that_demands_a_client_certificate_ends_the_attempts(string transport)
    {
        using var certificate = authority.Issue();
        await using var server = await Server.StartAsync(authority.ServerFlags(folder.FullName, certificate, askClients: true));
        using var another = new Authority("Another authority");
        using var namesake = new Authority(); // only the server's alert tells that it is not the one
        using var foreign = another.Issue();
        using var similar = namesake.Issue();
        using var unasked = namesake.Issue(issuerAddress: "http://127.0.0.1:1/authority.crt");
        foreach (var own in new[] { null, foreign, similar, unasked })
        {
            var tls = new TlsOptions { TrustedRoots = authority.Roots, ClientCertificate = own };
            var failure = await RefusedAsync(server.Url(transport), server.AccessToken, tls);
            Assert.Contains("the server demands a client certificate and got none that it accepts", failure.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task SDK_14_an_expired_certificate_is_refused_unless_validation_is_skipped(string transport)
    {
        using var certificate = authority.Issue(expired: true);
        await using var server = await Server.StartAsync(authority.ServerFlags(folder.FullName, certificate, askClients: false));
        await RefusedAsync(server.Url(transport), server.AccessToken, new TlsOptions { TrustedRoots = authority.Roots });
        var insecure = new TlsOptions { InsecureSkipCertificateValidation = true };
        await using var watched = await Watched.ConnectAsync(server.Url(transport), server.AccessToken, insecure);
        await watched.Client.PingAsync().Soon();
    }

    private static async Task<FastPubSubException> RefusedAsync(string url, string token, TlsOptions tls)
    {
        var failure = await FirstAttempt.FailureOf(url, token, tls);
        Assert.True(failure.Reason == ErrorReasons.Unreachable && !failure.IsRetryable, failure.ToString());
        return failure;
    }
}
