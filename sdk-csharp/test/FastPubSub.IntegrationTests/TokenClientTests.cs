using FastPubSub.IntegrationTests.Servers;

namespace FastPubSub.IntegrationTests;

/// <summary>The token client over both wires: SDK-15, SDK-19.</summary>
public class TokenClientTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private readonly Server server = shared.Server;

    public static TheoryData<string> Wires => ["rest", "grpc"];

    [Theory]
    [MemberData(nameof(Wires))]
    public async Task SDK_15_tokens_are_created_listed_refreshed_and_revoked(string wire)
    {
        using var tokens = server.TokenClient(wire);
        var request = Request() with { CreatedBy = $"life-{wire}", Description = "ein Prüfling" };
        var created = await tokens.CreateAsync(request).Soon();
        Assert.StartsWith($"AT_{created.TokenId}_", created.RevealToken(), StringComparison.Ordinal);
        var info = Assert.Single(await ListAsync(tokens, request.CreatedBy));
        Assert.Equal((created.TokenId, request.CreatedBy, request.Description, TokenState.Active), (info.TokenId, info.CreatedBy, info.Description, info.State));
        Assert.Equal(request.Right.TenantGrants[0].AllowChannelsSub, info.Right.TenantGrants[0].AllowChannelsSub);
        Assert.Equal(request.Right.AllowIPMasks, info.Right.AllowIPMasks);
        Assert.Equal(created.ExpiresAt, info.Right.ExpiresAt);
        var later = DateTimeOffset.UtcNow.AddHours(2);
        Assert.InRange(await tokens.RefreshAsync(created.TokenId, later).Soon(), later.AddSeconds(-2), later.AddSeconds(2));
        await tokens.RevokeAsync(created.TokenId).Soon();
        Assert.All(await ListAsync(tokens, request.CreatedBy), one => Assert.Equal(TokenState.Revoked, one.State));
    }

    [Theory]
    [MemberData(nameof(Wires))]
    public async Task SDK_15_lists_have_pages(string wire)
    {
        using var tokens = server.TokenClient(wire);
        var by = $"pages-{wire}";
        await Task.WhenAll(Enumerable.Range(0, 105).Select(_ => tokens.CreateAsync(Request() with { CreatedBy = by }))).Soon();
        var all = await ListAsync(tokens, by);
        Assert.Equal(105, all.Select(info => info.TokenId).Distinct().Count());
    }

    [Theory]
    [MemberData(nameof(Wires))]
    public async Task SDK_15_refusals_have_their_reason(string wire)
    {
        using var tokens = server.TokenClient(wire);
        using var wrong = new FastPubSubTokenClient(server.TokenUrl(wire), "a-wrong-master-token");
        Assert.Equal(ErrorReasons.MasterTokenInvalid, (await Patience.FailureOf(wrong.CreateAsync(Request()))).Reason);
        Assert.Equal(ErrorReasons.TokenNotFound, (await Patience.FailureOf(tokens.RevokeAsync("nobody"))).Reason);
        Assert.Equal(ErrorReasons.TokenNotFound, (await Patience.FailureOf(tokens.RefreshAsync("nobody", DateTimeOffset.UtcNow.AddHours(1)))).Reason);
        var old = Request();
        old = old with { Right = old.Right with { ExpiresAt = DateTimeOffset.UtcNow.AddDays(2) } };
        Assert.Equal(ErrorReasons.TtlInvalid, (await Patience.FailureOf(tokens.CreateAsync(old))).Reason);
        var rule = Request();
        rule = rule with { Right = rule.Right with { TenantGrants = [new TenantGrant { TenantIds = ["t"], AllowChannelsPub = ["a..b"] }] } };
        Assert.Equal(ErrorReasons.RuleInvalid, (await Patience.FailureOf(tokens.CreateAsync(rule))).Reason);
        using var giveUp = new CancellationTokenSource();
        await giveUp.CancelAsync();
        Assert.Equal(ErrorReasons.Canceled, await Patience.CancellationOf(tokens.CreateAsync(Request(), giveUp.Token)));
    }

    [Theory]
    [InlineData("http://127.0.0.1:1")]
    [InlineData("grpc://127.0.0.1:1")]
    public async Task A_server_that_is_not_there_is_UNREACHABLE(string address)
    {
        using var tokens = new FastPubSubTokenClient(address, "a-master-token-of-mine");
        Assert.Equal(ErrorReasons.Unreachable, (await Patience.FailureOf(tokens.RevokeAsync("x"))).Reason);
    }

    [Fact]
    public async Task The_path_of_an_address_is_that_of_a_proxy_before_the_server()
    {
        using var root = new FastPubSubTokenClient(server.TokenUrl("rest") + "/", server.MasterToken);
        await root.CreateAsync(Request()).Soon();
        using var elsewhere = new FastPubSubTokenClient(server.TokenUrl("rest") + "/no/such/path/", server.MasterToken);
        Assert.Equal(ErrorReasons.RequestInvalid, (await Patience.FailureOf(elsewhere.CreateAsync(Request()))).Reason);
    }

    [Fact]
    public async Task SDK_19_secrets_are_not_shown()
    {
        using var tokens = server.TokenClient();
        var created = await tokens.CreateAsync(Request()).Soon();
        var secret = created.RevealToken().Split('_')[2];
        Assert.DoesNotContain(secret, created.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(server.MasterToken, tokens.ToString(), StringComparison.Ordinal);
    }

    private static TokenRequest Request() => new()
    {
        Right = new TokenRight
        {
            TenantGrants = [new TenantGrant { TenantIds = ["t"], AllowChannelsPub = ["a.#"], AllowChannelsSub = ["a.#", "b"] }],
            AllowIPMasks = ["127.0.0.0/8"],
            ExpiresAt = DateTimeOffset.UtcNow.AddHours(1),
        },
    };

    private static async Task<List<TokenInfo>> ListAsync(FastPubSubTokenClient tokens, string createdBy)
    {
        var all = new List<TokenInfo>();
        await foreach (var info in tokens.ListAsync(createdBy))
        {
            all.Add(info);
        }

        return all;
    }
}
