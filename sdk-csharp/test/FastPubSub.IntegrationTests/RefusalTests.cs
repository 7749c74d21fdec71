using FastPubSub.IntegrationTests.Servers;

namespace FastPubSub.IntegrationTests;

/// <summary>Refusals of a real server, each with the catalogue's reason: SDK-7, SDK-12, SDK-19.</summary>
public class RefusalTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private readonly Server server = shared.Server;

    public static TheoryData<string> Transports => ["ws", "grpc"];

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task SDK_12_a_wrong_token_is_TOKEN_INVALID_and_never_shown(string transport)
    {
        var wrong = "AT_00000000000000000000000000000000_5ec7e75ec7e75ec7e75ec7e75ec7e75e";
        var failure = await RefusedAsync(transport, wrong);
        Assert.Equal(ErrorReasons.TokenInvalid, failure.Reason);
        Assert.False(failure.IsRetryable);
        Assert.DoesNotContain("5ec7e75ec7e7", failure.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task SDK_12_every_refusal_of_a_token_has_its_reason(string transport)
    {
        using var tokens = server.TokenClient();
        var revoked = await server.CreateTokenAsync();
        await tokens.RevokeAsync(revoked.RevealToken()).Soon();
        var expired = await server.CreateTokenAsync();
        await tokens.RefreshAsync(expired.TokenId, DateTimeOffset.UtcNow.AddMinutes(-1)).Soon();
        var elsewhere = await server.CreateTokenAsync(right => right with { AllowIPMasks = ["10.1.0.0/16"] });
        var region = await server.CreateTokenAsync(right => right with { AllowRegions = ["mars"] });
        var origin = await server.CreateTokenAsync(right => right with { AllowedWebSocketOrigins = ["https://app.test"] });
        Assert.Equal(ErrorReasons.TokenRevoked, (await RefusedAsync(transport, revoked.RevealToken())).Reason);
        Assert.Equal(ErrorReasons.TokenExpired, (await RefusedAsync(transport, expired.RevealToken())).Reason);
        Assert.Equal(ErrorReasons.IPNotAllowed, (await RefusedAsync(transport, elsewhere.RevealToken())).Reason);
        Assert.Equal(ErrorReasons.RegionNotAllowed, (await RefusedAsync(transport, region.RevealToken())).Reason);
        Assert.Equal(ErrorReasons.OriginNotAllowed, (await RefusedAsync(transport, origin.RevealToken())).Reason);
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task SDK_12_limits_of_the_server_have_their_reason(string transport)
    {
        await using var small = await Server.StartAsync("--max-subscriptions", "1", "--max-connections-per-token", "1", "--max-payload-bytes", "100");
        await using var client = await FastPubSubClient.ConnectAsync(small.Url(transport), small.AccessToken).Soon();
        await client.SubscribeAsync(Server.Tenant, "a").Soon();
        var failure = await Patience.FailureOf(client.SubscribeAsync(Server.Tenant, "b"));
        Assert.Equal(ErrorReasons.TooManySubscriptions, failure.Reason);
        Assert.True(failure.IsRetryable);
        Assert.Equal(ErrorReasons.PayloadTooLarge, (await Patience.FailureOf(client.PublishAsync(Server.Tenant, "a", new byte[101]))).Reason);
        Assert.Equal(ErrorReasons.TooManyConnections, (await FirstAttempt.FailureOf(small.Url(transport), small.AccessToken)).Reason);
    }

    [Theory]
    [InlineData("ws://127.0.0.1:1/ws")]
    [InlineData("grpc://127.0.0.1:1")]
    [InlineData("ws://host.invalid/ws")]
    [InlineData("grpc://host.invalid")]
    public async Task A_server_that_is_not_there_is_UNREACHABLE(string url)
    {
        var failure = await FirstAttempt.FailureOf(url, "AT_1_2");
        Assert.Equal(ErrorReasons.Unreachable, failure.Reason);
        Assert.True(failure.IsRetryable);
    }

    [Fact]
    public async Task A_caller_who_gives_up_is_told_of_the_last_attempt()
    {
        using var giveUp = new CancellationTokenSource();
        var asked = 0;
        var source = TokenSource.FromCallback(_ =>
        {
            if (Interlocked.Increment(ref asked) == 2)
            {
                giveUp.Cancel(); // there is to be a second attempt
            }

            return new("AT_1_2");
        });
        var cancelled = await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => FastPubSubClient.ConnectAsync("grpc://127.0.0.1:1", source, giveUp.Token).Soon());
        var own = Assert.IsType<FastPubSubException>(cancelled.InnerException);
        Assert.Equal(ErrorReasons.Canceled, own.Reason);
        Assert.Matches(@"; the last attempt: cannot connect to 127\.0\.0\.1:1: [^\n]+$", own.Message);
        Assert.Equal($"Closed ({own.Message})", new ConnectionStatus(ConnectionState.Closed, own).ToString());
    }

    [Fact]
    public async Task What_speaks_something_else_is_refused_at_once()
    {
        foreach (var (url, reason) in new[]
        {
            ($"ws://{server.Http}/no/such/path", ErrorReasons.RequestInvalid), // as the server says itself
            ($"wss://{server.Http}/ws", ErrorReasons.Unreachable),
            ($"grpcs://{server.Grpc}", ErrorReasons.Unreachable),
        })
        {
            var failure = await Patience.FailureOf(FastPubSubClient.ConnectAsync(url, server.AccessToken));
            Assert.Equal((url, reason, false), (url, failure.Reason, failure.IsRetryable));
        }
    }

    private Task<FastPubSubException> RefusedAsync(string transport, string token) =>
        Patience.FailureOf(FastPubSubClient.ConnectAsync(server.Url(transport), token));
}
