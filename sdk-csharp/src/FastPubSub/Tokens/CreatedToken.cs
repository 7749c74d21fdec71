using System.Diagnostics;
using FastPubSub.Core;

namespace FastPubSub;

/// <summary>A new access token. Printing it does not show the token.</summary>
[DebuggerDisplay("{ToString(),nq}")]
public sealed class CreatedToken
{
    private readonly Secret token;

    internal CreatedToken(string tokenId, Secret token, DateTimeOffset expiresAt)
    {
        this.token = token;
        TokenId = tokenId;
        ExpiresAt = expiresAt;
    }

    /// <summary>Names the token and is no secret.</summary>
    public string TokenId { get; }

    /// <summary>When the token expires.</summary>
    public DateTimeOffset ExpiresAt { get; }

    /// <summary>The text to connect with, <c>AT_…</c>. A secret, which cannot be had again.</summary>
    /// <returns>The access token.</returns>
    public string RevealToken() => token.Reveal();

    /// <summary>Says which token it is, without its secret.</summary>
    /// <returns>The text, for logs.</returns>
    public override string ToString() => $"CreatedToken {{ TokenId = {TokenId}, ExpiresAt = {ExpiresAt:u}, Token = {Secret.Redacted} }}";
}
