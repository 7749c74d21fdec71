namespace FastPubSub;

/// <summary>What is known of an access token, never its secret.</summary>
public sealed record TokenInfo
{
    /// <summary>Names the token.</summary>
    public required string TokenId { get; init; }

    /// <summary>What the token allows, with its expiry.</summary>
    public required TokenRight Right { get; init; }

    /// <summary>Who asked for the token.</summary>
    public required string CreatedBy { get; init; }

    /// <summary>What the token is for.</summary>
    public required string Description { get; init; }

    /// <summary>When the token was created.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Whether the token can be used.</summary>
    public required TokenState State { get; init; }
}
