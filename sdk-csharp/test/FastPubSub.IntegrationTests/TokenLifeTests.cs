using System.Threading.Channels;
using FastPubSub.IntegrationTests.Servers;

namespace FastPubSub.IntegrationTests;

/// <summary>What becomes of a connection when its token is refreshed, runs out or is revoked: SDK-2, SDK-7.</summary>
public class TokenLifeTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private readonly Server server = shared.Server;

    // How long tokens live: so long that the machine, which may be very busy, comes in time.
    private static readonly TimeSpan[] Lives = [TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(12), TimeSpan.FromSeconds(48)];

    public static TheoryData<string> Transports => ["ws", "grpc"];

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task SDK_2_tokens_are_renewed_in_place(string transport)
    {
        foreach (var life in Lives)
        {
            var asked = Channel.CreateUnbounded<int>();
            var source = TokenSource.FromCallback(async _ =>
            {
                asked.Writer.TryWrite(1);
                return (await server.CreateTokenAsync(life: life)).RevealToken();
            });
            await using var watched = await Watched.ConnectAsync(server.Url(transport), source);
            for (var i = 0; i < 3; i++)
            {
                await asked.Reader.ReadAsync().Soon(); // the first token has run out before the last one is there
            }

            await watched.Client.PublishAsync(Server.Tenant, "renewed", default).Soon();
            if (!watched.HasState)
            {
                return;
            }
        }

        Assert.Fail("the client has reconnected, however long its tokens lived");
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task SDK_7_a_fixed_token_that_runs_out_closes_the_client(string transport)
    {
        await using var watched = await ConnectedBrieflyAsync(transport);
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

    /// <summary>A client with a token that soon runs out, but not before the client is connected.</summary>
    private async Task<Watched> ConnectedBrieflyAsync(string transport)
    {
        foreach (var life in Lives)
        {
            try
            {
                var token = await server.CreateTokenAsync(life: life);
                return await Watched.ConnectAsync(server.Url(transport), token.RevealToken());
            }
            catch (FastPubSubException late) when (late.Reason is ErrorReasons.TtlInvalid or ErrorReasons.TokenExpired && life != Lives[^1])
            {
                // This machine needs longer than that.
            }
        }

        throw new InvalidOperationException("there is no life of a token to try");
    }
}
