namespace FastPubSub;

/// <summary>Whether an access token can be used.</summary>
public enum TokenState
{
    /// <summary>A state that only a newer server knows.</summary>
    Unknown,

    /// <summary>The token can be used.</summary>
    Active,

    /// <summary>The token ran out, or it was deactivated.</summary>
    Expired,

    /// <summary>The token was revoked.</summary>
    Revoked,
}
