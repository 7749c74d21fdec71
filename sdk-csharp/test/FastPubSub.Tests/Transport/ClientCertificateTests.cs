using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using FastPubSub.IntegrationTests.Servers;
using FastPubSub.Tests.Fakes;

namespace FastPubSub.Tests.Transport;

/// <summary>What becomes of an attempt whose server asks for a client certificate: SDK-12, SDK-14.</summary>
public sealed class ClientCertificateTests : IDisposable
{
    private const string Demanded = "the server demands a client certificate and got none that it accepts";

    private readonly Authority authority = new("Acme, the \"\"first\"\"");
    private readonly Authority other = new("Somebody else");

    /// <summary>All that connects, with each version of TLS.</summary>
    public static TheoryData<Attempter, SslProtocols> Attempters
    {
        get
        {
            var all = new TheoryData<Attempter, SslProtocols>();
            foreach (var by in Enum.GetValues<Attempter>())
            {
                all.Add(by, SslProtocols.Tls12);
                all.Add(by, SslProtocols.Tls13);
            }

            return all;
        }
    }

    public void Dispose()
    {
        authority.Dispose();
        other.Dispose();
    }

    [Theory]
    [MemberData(nameof(Attempters))]
    public async Task SDK_12_a_cut_is_final_after_the_server_has_asked_in_vain(Attempter by, SslProtocols protocol)
    {
        using var foreign = other.Issue();
        foreach (var afterwards in Enum.GetValues<Afterwards>())
        {
            foreach (var own in new[] { null, foreign })
            {
                await using var server = new AskingServer(authority, protocol, asks: true, afterwards);
                AssertDemanded(await FailureOf(by, server, Trusting() with { ClientCertificate = own }), server.Port);
                Assert.Equal(1, server.Connections);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Attempters))]
    public async Task SDK_12_any_other_cut_is_tried_again(Attempter by, SslProtocols protocol)
    {
        using var accepted = authority.Issue();
        foreach (var afterwards in Enum.GetValues<Afterwards>())
        {
            await using var silent = new AskingServer(authority, protocol, asks: false, afterwards);
            AssertRetryable(await FailureOf(by, silent, Trusting()));
            await using var content = new AskingServer(authority, protocol, asks: true, afterwards);
            AssertRetryable(await FailureOf(by, content, Trusting() with { ClientCertificate = accepted }));
        }
    }

    [Theory]
    [MemberData(nameof(Attempters))]
    public async Task SDK_12_a_cut_after_the_first_word_is_tried_again(Attempter by, SslProtocols protocol)
    {
        var word = IsGrpc(by) ? [0, 0, 0, 4, 0, 0, 0, 0, 0] : "HTTP/1.1 200 OK\r\nContent-"u8.ToArray(); // SETTINGS, a half answer
        await using var server = new AskingServer(authority, protocol, asks: true, Afterwards.End, word);
        var failure = await FailureOf(by, server, Trusting());
        Assert.DoesNotContain(Demanded, failure.Message, StringComparison.Ordinal);
        Assert.True(failure.IsRetryable, failure.ToString());
    }

    [Theory]
    [InlineData(Attempter.WebSocket, SslProtocols.Tls12)]
    [InlineData(Attempter.WebSocket, SslProtocols.Tls13)]
    [InlineData(Attempter.TokensOverRest, SslProtocols.Tls12)]
    [InlineData(Attempter.TokensOverRest, SslProtocols.Tls13)]
    public async Task SDK_14_a_server_that_does_not_insist_is_heard(Attempter by, SslProtocols protocol)
    {
        var answer = "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"u8.ToArray();
        await using var server = new AskingServer(authority, protocol, asks: true, Afterwards.End, answer);
        Assert.Contains("404", (await FailureOf(by, server, Trusting())).Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Attempters))]
    public async Task SDK_14_the_certificate_is_shown_once_the_server_asks(Attempter by, SslProtocols protocol)
    {
        using var own = authority.Issue();
        await using var server = new AskingServer(authority, protocol, asks: true, Afterwards.End);
        using var attempts = new Attempts(by, server.Port, Trusting() with { ClientCertificate = own });
        for (var i = 0; i < 2; i++) // the platform has not disposed of it
        {
            await attempts.NextAsync();
            Assert.Equal(own.Issuer, server.Shown);
        }
    }

    /// <summary>The platform would look for the issuer, here at a server that never answers.</summary>
    [Theory]
    [MemberData(nameof(Attempters))]
    public async Task SDK_14_nothing_is_fetched_to_show_a_certificate(Attempter by, SslProtocols protocol)
    {
        using var nobody = new TcpListener(IPAddress.Loopback, 0);
        nobody.Start();
        using var own = authority.Issue(issuerAddress: $"http://{nobody.LocalEndpoint}/authority.crt");
        await using var server = new AskingServer(authority, protocol, asks: true, Afterwards.End);
        AssertRetryable(await FailureOf(by, server, Trusting() with { ClientCertificate = own }));
        Assert.Equal(own.Issuer, server.Shown);
        Assert.False(nobody.Pending());
    }

    /// <summary>What was asked in vain once says nothing of an attempt that reaches nobody.</summary>
    [Theory]
    [MemberData(nameof(Attempters))]
    public async Task SDK_12_a_port_that_is_closed_is_tried_again(Attempter by, SslProtocols protocol)
    {
        var server = new AskingServer(authority, protocol, asks: true, Afterwards.End);
        using var attempts = new Attempts(by, server.Port, Trusting());
        AssertDemanded(await attempts.NextAsync(), server.Port);
        await server.DisposeAsync();
        AssertRetryable(await attempts.NextAsync());
    }

    [Theory]
    [MemberData(nameof(Attempters))]
    public async Task SDK_14_a_server_that_is_not_trusted_is_no_matter_of_the_clients_certificate(Attempter by, SslProtocols protocol)
    {
        await using var server = new AskingServer(authority, protocol, asks: true, Afterwards.End);
        var failure = await FailureOf(by, server, new TlsOptions { TrustedRoots = other.Roots });
        Assert.Equal((ErrorReasons.Unreachable, false), (failure.Reason, failure.IsRetryable));
        Assert.DoesNotContain(Demanded, failure.ToString(), StringComparison.Ordinal);
    }

    private static bool IsGrpc(Attempter by) => by is Attempter.Grpc or Attempter.TokensOverGrpc;

    private static async Task<FastPubSubException> FailureOf(Attempter by, AskingServer server, TlsOptions tls)
    {
        using var attempts = new Attempts(by, server.Port, tls);
        return await attempts.NextAsync();
    }

    private static void AssertDemanded(FastPubSubException failure, int port)
    {
        Assert.Equal(ErrorReasons.Unreachable, failure.Reason);
        Assert.StartsWith($"UNREACHABLE: cannot connect to 127.0.0.1:{port}: {Demanded}; give one, by TlsOptions.ClientCertificate,", failure.Message, StringComparison.Ordinal);
        Assert.False(failure.IsRetryable);
    }

    private static void AssertRetryable(FastPubSubException failure)
    {
        Assert.Equal(ErrorReasons.Unreachable, failure.Reason);
        Assert.DoesNotContain(Demanded, failure.Message, StringComparison.Ordinal);
        Assert.True(failure.IsRetryable, failure.ToString());
    }

    private TlsOptions Trusting() => new() { TrustedRoots = authority.Roots };
}
