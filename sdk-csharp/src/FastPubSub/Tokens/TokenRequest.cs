namespace FastPubSub;

/// <summary>What a new access token is to be.</summary>
public sealed record TokenRequest
{
    /// <summary>What the token allows.</summary>
    public required TokenRight Right { get; init; }

    /// <summary>Who asked for the token, for lists; up to 256 bytes.</summary>
    public string CreatedBy { get; init; } = string.Empty;

    /// <summary>What the token is for, for lists; up to 1024 bytes.</summary>
    public string Description { get; init; } = string.Empty;
}
