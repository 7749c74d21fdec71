using System.Threading.Channels;
using FastPubSub.IntegrationTests.Servers;

namespace FastPubSub.IntegrationTests;

/// <summary>What becomes of a connection when its token is refreshed, runs out or is revoked: SDK-2, SDK-7.</summary>
public class TokenLifeTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private readonly Server server = shared.Server;

    public static TheoryData<string> Transports => ["ws", "grpc"];

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task SDK_2_tokens_are_renewed_in_place(string transport)
    {
        var asked = Channel.CreateUnbounded<int>();
        var source = TokenSource.FromCallback(async _ =>
        {
            asked.Writer.TryWrite(1);
            return (await server.CreateTokenAsync(life: TimeSpan.FromSeconds(3))).RevealToken();
        });
        await using var watched = await Watched.ConnectAsync(server.Url(transport), source);
        for (var i = 0; i < 3; i++)
        {
            await asked.Reader.ReadAsync().Soon(); // the first token has run out long before the last one
        }

        await watched.Client.PublishAsync(Server.Tenant, "renewed", default).Soon();
        Assert.False(watched.HasState);
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task SDK_7_a_fixed_token_that_runs_out_closes_the_client(string transport)
    {
        var token = await server.CreateTokenAsync(life: TimeSpan.FromSeconds(3));
        await using var watched = await Watched.ConnectAsync(server.Url(transport), token.RevealToken());
        var closed = await watched.StateAsync();
        Assert.Equal((ConnectionState.Closed, ErrorReasons.TokenExpired), (closed.State, closed.Cause?.Reason));
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task SDK_7_a_revoked_token_closes_the_client(string transport)
    {
        var token = await server.CreateTokenAsync();
        await using var watched = await Watched.ConnectAsync(server.Url(transport), token.RevealToken());
        await using var subscription = await watched.Client.SubscribeAsync(Server.Tenant, "a").Soon();
        using var tokens = server.TokenClient();
        await tokens.RevokeAsync(token.TokenId).Soon();
        var closed = await watched.StateAsync();
        Assert.Equal((ConnectionState.Closed, ErrorReasons.TokenRevoked), (closed.State, closed.Cause?.Reason));
        Assert.Equal(ErrorReasons.TokenRevoked, (await new Reading(subscription).FailsAsync()).Reason);
    }
}
