using FastPubSub.Tests.Fakes;

namespace FastPubSub.Tests.Client;

/// <summary>Requests for tokens that cannot be written down: SDK-12, SDK-15.</summary>
public class TokenRequestTests
{
    private const string NoUnicode = "half a \ud800";

    private static readonly TokenRight Right = new() { ExpiresAt = DateTimeOffset.UnixEpoch };

    public static TheoryData<string, TokenRequest> Requests => new()
    {
        { "Right", new TokenRequest { Right = null! } },
        { "CreatedBy", new TokenRequest { Right = Right, CreatedBy = null! } },
        { "CreatedBy", new TokenRequest { Right = Right, CreatedBy = NoUnicode } },
        { "Description", new TokenRequest { Right = Right, Description = NoUnicode } },
        { "AllowIPMasks", new TokenRequest { Right = Right with { AllowIPMasks = null! } } },
        { "AllowRegions", new TokenRequest { Right = Right with { AllowRegions = [null!] } } },
        { "AllowedWebSocketOrigins", new TokenRequest { Right = Right with { AllowedWebSocketOrigins = [NoUnicode] } } },
        { "TenantGrants", new TokenRequest { Right = Right with { TenantGrants = null! } } },
        { "TenantGrant", new TokenRequest { Right = Right with { TenantGrants = [null!] } } },
        { "TenantIds", Granting(new TenantGrant { TenantIds = null! }) },
        { "AllowChannelsPub", Granting(new TenantGrant { TenantIds = [], AllowChannelsPub = [null!] }) },
        { "AllowChannelsSub", Granting(new TenantGrant { TenantIds = [], AllowChannelsSub = [NoUnicode] }) },
    };

    [Theory]
    [MemberData(nameof(Requests), DisableDiscoveryEnumeration = true)]
    public async Task SDK_15_a_request_that_cannot_be_sent_is_REQUEST_INVALID_and_names_the_member(string member, TokenRequest request)
    {
        foreach (var server in (string[])["http://127.0.0.1:1", "grpc://127.0.0.1:1"])
        {
            using var tokens = new FastPubSubTokenClient(server, "a-master-token-of-mine");
            var failure = await Patience.FailureOf(tokens.CreateAsync(request));
            Assert.Equal(ErrorReasons.RequestInvalid, failure.Reason);
            Assert.StartsWith($"REQUEST_INVALID: {member} ", failure.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("http://127.0.0.1:1")]
    [InlineData("grpc://127.0.0.1:1")]
    public async Task A_token_client_that_was_disposed_is_CLOSED(string server)
    {
        var tokens = new FastPubSubTokenClient(server, "a-master-token-of-mine");
        tokens.Dispose();
        tokens.Dispose();
        Assert.Equal(ErrorReasons.Closed, (await Patience.FailureOf(tokens.RevokeAsync("x"))).Reason);
        Assert.Equal(ErrorReasons.Closed, (await Patience.FailureOf(tokens.RefreshAsync("x", DateTimeOffset.UnixEpoch))).Reason);
    }

    [Fact]
    public async Task A_timeout_may_be_very_long()
    {
        var options = new FastPubSubTokenClientOptions { Server = "http://127.0.0.1:1", MasterToken = "a-master-token-of-mine", Timeout = TimeSpan.MaxValue };
        using var tokens = new FastPubSubTokenClient(options);
        Assert.Equal(ErrorReasons.Unreachable, (await Patience.FailureOf(tokens.RevokeAsync("x"))).Reason);
    }

    [Fact]
    public void SDK_14_options_for_TLS_that_have_no_effect_are_refused()
    {
        var tls = new TlsOptions { InsecureSkipCertificateValidation = true };
        var options = new FastPubSubTokenClientOptions { Server = "http://127.0.0.1:1", MasterToken = "a-master-token-of-mine", Tls = tls };
        Assert.Equal(ErrorReasons.RequestInvalid, Assert.Throws<FastPubSubException>(() => new FastPubSubTokenClient(options)).Reason);
        options = options with { Server = "https://127.0.0.1:1", Tls = new TlsOptions { TrustedRoots = [] } };
        Assert.Equal(ErrorReasons.RequestInvalid, Assert.Throws<FastPubSubException>(() => new FastPubSubTokenClient(options)).Reason);
    }

    private static TokenRequest Granting(TenantGrant grant) => new() { Right = Right with { TenantGrants = [grant] } };
}
