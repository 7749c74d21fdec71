using Google.Protobuf.WellKnownTypes;
using Contract = FastPubSub.V1;

namespace FastPubSub.Core;

/// <summary>Turns the public types of the token client into those of the contract, and back.</summary>
internal static class TokenContract
{
    public static Timestamp From(DateTimeOffset time) => Timestamp.FromDateTimeOffset(time);

    /// <summary>The earliest time there is for one that was not said.</summary>
    public static DateTimeOffset TimeOf(Timestamp? time) => time?.ToDateTimeOffset() ?? DateTimeOffset.MinValue;

    public static Contract.CreateTokenRequest From(TokenRequest request)
    {
        var right = new Contract.Right
        {
            AllowIpMasks = { request.Right.AllowIPMasks },
            AllowRegions = { request.Right.AllowRegions },
            AllowedWsOrigin = { request.Right.AllowedWebSocketOrigins },
            ExpiresAt = From(request.Right.ExpiresAt),
        };
        right.TenantGrants.AddRange(request.Right.TenantGrants.Select(grant => new Contract.TenantGrant
        {
            TenantIds = { grant.TenantIds },
            AllowChannelsPub = { grant.AllowChannelsPub },
            AllowChannelsSub = { grant.AllowChannelsSub },
        }));
        return new() { Right = right, CreatedBy = request.CreatedBy, Description = request.Description };
    }

    public static TokenInfo ToPublic(Contract.TokenInfo info) => new()
    {
        TokenId = info.TokenId,
        Right = ToPublic(info.Right ?? new Contract.Right()),
        CreatedBy = info.CreatedBy,
        Description = info.Description,
        CreatedAt = TimeOf(info.CreatedAt),
        State = info.State switch
        {
            Contract.TokenState.Active => TokenState.Active,
            Contract.TokenState.Expired => TokenState.Expired,
            Contract.TokenState.Revoked => TokenState.Revoked,
            _ => TokenState.Unknown,
        },
    };

    private static TokenRight ToPublic(Contract.Right right) => new()
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
}
