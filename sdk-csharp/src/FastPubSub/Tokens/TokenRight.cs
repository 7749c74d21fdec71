namespace FastPubSub;

/// <summary>What an access token allows.</summary>
public sealed record TokenRight
{
    /// <summary>What may be published and subscribed, by tenant. Several may name one tenant: the union holds.</summary>
    public IReadOnlyList<TenantGrant> TenantGrants { get; init; } = [];

    /// <summary>Addresses or CIDR blocks, IPv4 and IPv6, that the client's address must be in. Empty: any.</summary>
    public IReadOnlyList<string> AllowIPMasks { get; init; } = [];

    /// <summary>Regions that the server's own must be among. Empty: any.</summary>
    public IReadOnlyList<string> AllowRegions { get; init; } = [];

    /// <summary>Web origins that the Origin header must equal one of. Empty: any, and none needed.</summary>
    public IReadOnlyList<string> AllowedWebSocketOrigins { get; init; } = [];

    /// <summary>When the token expires: in the future, at most 24 hours ahead unless the server is set otherwise.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }
}
