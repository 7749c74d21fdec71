namespace FastPubSub;

/// <summary>What may be done in some tenants.</summary>
public sealed record TenantGrant
{
    /// <summary>The tenants, at least one, without wildcards; an empty text means "~".</summary>
    public required IReadOnlyList<string> TenantIds { get; init; }

    /// <summary>Rules for publishing, for example <c>orders.#</c>. Empty: nothing may be published.</summary>
    public IReadOnlyList<string> AllowChannelsPub { get; init; } = [];

    /// <summary>Rules for subscribing, for example <c>orders.#</c>. Empty: nothing may be subscribed.</summary>
    public IReadOnlyList<string> AllowChannelsSub { get; init; } = [];
}
