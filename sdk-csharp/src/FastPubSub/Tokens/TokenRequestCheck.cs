using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace FastPubSub.Core;

/// <summary>
/// Refuses what cannot be written down for a server: nulls, and texts that are no Unicode. What is right is the
/// server's business.
/// </summary>
internal static class TokenRequestCheck
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static void Check(TokenRequest request)
    {
        CheckText(request.CreatedBy, nameof(request.CreatedBy));
        CheckText(request.Description, nameof(request.Description));
        CheckPresent(request.Right, nameof(request.Right));
        CheckTexts(request.Right.AllowIPMasks, nameof(TokenRight.AllowIPMasks));
        CheckTexts(request.Right.AllowRegions, nameof(TokenRight.AllowRegions));
        CheckTexts(request.Right.AllowedWebSocketOrigins, nameof(TokenRight.AllowedWebSocketOrigins));
        CheckPresent(request.Right.TenantGrants, nameof(TokenRight.TenantGrants));
        foreach (var grant in request.Right.TenantGrants)
        {
            CheckPresent(grant, nameof(TenantGrant));
            CheckTexts(grant.TenantIds, nameof(TenantGrant.TenantIds));
            CheckTexts(grant.AllowChannelsPub, nameof(TenantGrant.AllowChannelsPub));
            CheckTexts(grant.AllowChannelsSub, nameof(TenantGrant.AllowChannelsSub));
        }
    }

    public static void CheckText([NotNull] string? text, string name)
    {
        CheckPresent(text, name);
        try
        {
            Strict.GetByteCount(text);
        }
        catch (EncoderFallbackException)
        {
            throw Fault.New(ErrorReasons.RequestInvalid, $"{name} has half a surrogate pair, which is no Unicode text").ToException();
        }
    }

    private static void CheckTexts([NotNull] IReadOnlyList<string>? texts, string name)
    {
        CheckPresent(texts, name);
        foreach (var text in texts)
        {
            CheckText(text, name);
        }
    }

    private static void CheckPresent([NotNull] object? value, string name)
    {
        if (value is null)
        {
            throw Fault.New(ErrorReasons.RequestInvalid, $"{name} is null").ToException();
        }
    }
}
