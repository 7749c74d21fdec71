using System.Diagnostics;
using System.Net;
using FastPubSub.IntegrationTests.Servers;

namespace FastPubSub.IntegrationTests;

/// <summary>The platform's proxy is used, and the server's name is left to it: SDK-14.</summary>
public sealed class ProxyTests : IAsyncLifetime
{
    private readonly Authority authority = new();
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("fastpubsub-proxy-");
    private Server plain = null!;
    private Server secure = null!;

    public static TheoryData<string> Transports => ["ws", "wss", "grpcs"];

    public async ValueTask InitializeAsync()
    {
        using var certificate = authority.Issue();
        plain = await Server.StartAsync();
        secure = await Server.StartAsync(authority.ServerFlags(folder.FullName, certificate, askClients: false));
    }

    public async ValueTask DisposeAsync()
    {
        await plain.DisposeAsync();
        await secure.DisposeAsync();
        authority.Dispose();
        folder.Delete(recursive: true);
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task SDK_14_a_client_reaches_its_server_through_the_proxy(string scheme)
    {
        using var proxy = ProxyTo(scheme);
        using var platform = new PlatformProxy(proxy, null);
        await TalkAsync(scheme);
        Assert.Equal([$"CONNECT {ConnectProxy.Host}:7777 HTTP/1.1"], proxy.Tunnels.Distinct());
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task SDK_14_the_proxy_is_told_who_asks(string scheme)
    {
        using var proxy = ProxyTo(scheme, "somebody:open sesame");
        using var platform = new PlatformProxy(proxy, new NetworkCredential("somebody", "open sesame"));
        await TalkAsync(scheme);
        Assert.NotEmpty(proxy.Tunnels);
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task SDK_12_a_proxy_that_wants_a_password_is_final_and_says_what_to_do(string scheme)
    {
        using var proxy = ProxyTo(scheme, "somebody:open sesame");
        foreach (var credentials in new[] { null, new NetworkCredential("somebody", "open barley") })
        {
            using var platform = new PlatformProxy(proxy, credentials);
            var refused = await Patience.FailureOf(FastPubSubClient.ConnectAsync(OptionsOf(scheme)));
            Assert.Equal((ErrorReasons.Unreachable, false), (refused.Reason, refused.IsRetryable));
            Assert.Contains("through the proxy", refused.Message, StringComparison.Ordinal);
            Assert.Contains("a user name and a password (407)", refused.Message, StringComparison.Ordinal);
            Assert.Contains("HTTPS_PROXY", refused.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("barley", refused.ToString(), StringComparison.Ordinal);
        }

        Assert.Empty(proxy.Tunnels);
    }

    [Fact]
    public async Task SDK_14_gRPC_without_TLS_goes_straight()
    {
        using var proxy = new ConnectProxy(plain.Grpc);
        using var platform = new PlatformProxy(proxy, null);
        var failure = await FirstAttempt.FailureOf($"grpc://{ConnectProxy.Host}:7777", plain.AccessToken);
        Assert.Equal((ErrorReasons.Unreachable, true), (failure.Reason, failure.IsRetryable));
        Assert.Empty(proxy.Tunnels);
    }

    /// <summary>The environment is read once in the life of a process, so this needs one of its own.</summary>
    [Fact]
    public async Task SDK_14_the_proxy_and_its_password_may_come_from_the_environment()
    {
        using var proxy = new ConnectProxy(plain.Http, "somebody:sesame");
        var start = ExampleTests.StartOf("Quickstart");
        start.Environment["FASTPUBSUB_URL"] = $"ws://{ConnectProxy.Host}:7777/ws";
        start.Environment["FASTPUBSUB_TOKEN"] = plain.AccessToken;
        start.Environment["HTTP_PROXY"] = $"http://somebody:sesame@{proxy.Address}";
        start.Environment.Remove("NO_PROXY");
        start.Environment.Remove("no_proxy");
        start.Environment.Remove("http_proxy");
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var said = await process.StandardOutput.ReadToEndAsync().Soon();
        await process.WaitForExitAsync().Soon();
        Assert.True(process.ExitCode == 0, await errors);
        Assert.Equal("orders.eu: hello", said.TrimEnd());
        Assert.NotEmpty(proxy.Tunnels);
    }

    private ConnectProxy ProxyTo(string scheme, string? userAndPassword = null) => new(
        scheme switch { "ws" => plain.Http, "wss" => secure.Http, _ => secure.Grpc }, userAndPassword);

    private FastPubSubClientOptions OptionsOf(string scheme) => new()
    {
        Url = $"{scheme}://{ConnectProxy.Host}:7777{(scheme == "grpcs" ? string.Empty : "/ws")}",
        TokenSource = TokenSource.Fixed(scheme == "ws" ? plain.AccessToken : secure.AccessToken),
        Tls = scheme == "ws" ? null : new TlsOptions { InsecureSkipCertificateValidation = true }, // it is not for the proxy's name
    };

    private async Task TalkAsync(string scheme)
    {
        await using var client = await FastPubSubClient.ConnectAsync(OptionsOf(scheme)).Soon();
        await using var subscription = await client.SubscribeAsync(Server.Tenant, "far").Soon();
        await client.PublishAsync(Server.Tenant, "far", "hello"u8.ToArray()).Soon();
        Assert.Equal("far", Assert.IsType<Message>(await new Reading(subscription).NextAsync()).Channel);
    }
}
