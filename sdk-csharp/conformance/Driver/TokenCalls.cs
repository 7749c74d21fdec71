using FastPubSub.Conformance.V1;
using Google.Protobuf.WellKnownTypes;
using Contract = FastPubSub.V1;

namespace FastPubSub.Conformance;

/// <summary>Calls of the SDK's token client, each with a client of its own.</summary>
internal static class TokenCalls
{
    public static async Task<Result> CallAsync(TokenCommand command, CancellationToken cancellationToken)
    {
        try
        {
            var options = new FastPubSubTokenClientOptions
            {
                Server = command.Server,
                MasterToken = command.MasterToken,
                Tls = command.HasCaPem ? new TlsOptions { TrustedRoots = ClientSettings.RootsOf(command.CaPem) } : null,
            };
            using var tokens = new FastPubSubTokenClient(options);
            if (await AnswerAsync(tokens, command, cancellationToken) is not { } answer)
            {
                return Outcome.Unsupported($"token call {command.CallCase}");
            }

            answer.DebugText = $"{tokens} {options} {options.Tls}";
            return Outcome.Of(new Success { Token = answer });
        }
        catch (Exception exception)
        {
            return Outcome.Of(exception);
        }
    }

    /// <summary>Makes the call; null when there is none.</summary>
    private static async Task<TokenAnswer?> AnswerAsync(FastPubSubTokenClient tokens, TokenCommand command, CancellationToken cancellationToken) =>
        command.CallCase switch
        {
            TokenCommand.CallOneofCase.Create => new() { Create = await CreateAsync(tokens, command.Create, cancellationToken) },
            TokenCommand.CallOneofCase.Refresh => new() { Refresh = await RefreshAsync(tokens, command.Refresh, cancellationToken) },
            TokenCommand.CallOneofCase.Revoke => new() { Revoke = await RevokeAsync(tokens, command.Revoke, cancellationToken) },
            TokenCommand.CallOneofCase.List => new() { List = await ListAsync(tokens, command.List, cancellationToken) },
            _ => null,
        };

    private static async Task<Contract.CreateTokenResponse> CreateAsync(
        FastPubSubTokenClient tokens, Contract.CreateTokenRequest request, CancellationToken cancellationToken)
    {
        var created = await tokens.CreateAsync(
            new TokenRequest { Right = RightOf(request.Right ?? new()), CreatedBy = request.CreatedBy, Description = request.Description },
            cancellationToken);
        return new() { Token = created.RevealToken(), TokenId = created.TokenId, ExpiresAt = Timestamp.FromDateTimeOffset(created.ExpiresAt) };
    }

    private static async Task<Contract.RefreshTokenResponse> RefreshAsync(
        FastPubSubTokenClient tokens, Contract.RefreshTokenRequest request, CancellationToken cancellationToken)
    {
        var expiry = await tokens.RefreshAsync(request.TokenId, TimeOf(request.ExpiresAt), cancellationToken);
        return new() { NewExpiresAt = Timestamp.FromDateTimeOffset(expiry) };
    }

    private static async Task<Contract.RevokeTokenResponse> RevokeAsync(
        FastPubSubTokenClient tokens, Contract.RevokeTokenRequest request, CancellationToken cancellationToken)
    {
        await tokens.RevokeAsync(request.Token.Length > 0 ? request.Token : request.TokenId, cancellationToken);
        return new();
    }

    private static async Task<Contract.ListTokensResponse> ListAsync(
        FastPubSubTokenClient tokens, Contract.ListTokensRequest request, CancellationToken cancellationToken)
    {
        var all = new Contract.ListTokensResponse();
        await foreach (var info in tokens.ListAsync(request.ClientId, cancellationToken))
        {
            all.Tokens.Add(InfoOf(info));
        }

        return all;
    }

    private static TokenRight RightOf(Contract.Right right) => new()
    {
        TenantGrants = [.. right.TenantGrants.Select(grant => new TenantGrant
        {
            TenantIds = [.. grant.TenantIds],
            AllowChannelsPub = [.. grant.AllowChannelsPub],
            AllowChannelsSub = [.. grant.AllowChannelsSub],
        })],
        AllowIPMasks = [.. right.AllowIpMasks],
        AllowRegions = [.. right.AllowRegions],
        AllowedWebSocketOrigins = [.. right.AllowedWsOrigin],
        ExpiresAt = TimeOf(right.ExpiresAt),
    };

    private static Contract.TokenInfo InfoOf(TokenInfo info) => new()
    {
        TokenId = info.TokenId,
        Right = RightOf(info.Right),
        CreatedBy = info.CreatedBy,
        Description = info.Description,
        CreatedAt = Timestamp.FromDateTimeOffset(info.CreatedAt),
        State = info.State switch
        {
            TokenState.Active => Contract.TokenState.Active,
            TokenState.Expired => Contract.TokenState.Expired,
            TokenState.Revoked => Contract.TokenState.Revoked,
            _ => Contract.TokenState.Unspecified,
        },
    };

    private static Contract.Right RightOf(TokenRight right)
    {
        var converted = new Contract.Right
        {
            AllowIpMasks = { right.AllowIPMasks },
            AllowRegions = { right.AllowRegions },
            AllowedWsOrigin = { right.AllowedWebSocketOrigins },
            ExpiresAt = Timestamp.FromDateTimeOffset(right.ExpiresAt),
        };
        converted.TenantGrants.AddRange(right.TenantGrants.Select(grant => new Contract.TenantGrant
        {
            TenantIds = { grant.TenantIds },
            AllowChannelsPub = { grant.AllowChannelsPub },
            AllowChannelsSub = { grant.AllowChannelsSub },
        }));
        return converted;
    }

    /// <summary>The earliest time there is for one that was not said.</summary>
    private static DateTimeOffset TimeOf(Timestamp? time) => time?.ToDateTimeOffset() ?? DateTimeOffset.MinValue;
}
