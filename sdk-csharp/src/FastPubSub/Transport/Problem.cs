using System.Net;
using System.Text.Json;
using FastPubSub.Core;

namespace FastPubSub.Transport;

/// <summary>Reads why a server refused an HTTP request (application/problem+json, member reason).</summary>
internal static class Problem
{
    // How much of a refusal's body is read, in bytes.
    private const int BodyLimit = 64 << 10;

    /// <summary>The refusal in a response, or null when its body names no reason.</summary>
    public static async Task<Fault?> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (!string.Equals(response.Content.Headers.ContentType?.MediaType, "application/problem+json", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        var body = await ReadBodyAsync(response.Content, cancellationToken).ConfigureAwait(false);
        try
        {
            using var document = JsonDocument.Parse(body);
            var root = document.RootElement;
            return root.ValueKind == JsonValueKind.Object && TextOf(root, "reason") is { Length: > 0 } reason
                ? Fault.Refusal(reason, TextOf(root, "detail") ?? "the server refused", IsTrue(root, "retryable"))
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>What the status of an answer without a reason means: of a proxy, or of something that is no FastPubSub server.</summary>
    public static Fault OfStatus(HttpStatusCode status, string what)
    {
        var text = $"{what} was answered with {(int)status} {status}";
        return status switch
        {
            HttpStatusCode.Unauthorized => Fault.New(ErrorReasons.TokenInvalid, text),
            HttpStatusCode.ProxyAuthenticationRequired => Fault.New(ErrorReasons.Unreachable, $"{text}; {ProxyRefusal.LogIn}").Final(),
            HttpStatusCode.TooManyRequests => Fault.New(ErrorReasons.RateLimited, text),
            HttpStatusCode.RequestTimeout or (HttpStatusCode)425 or >= HttpStatusCode.InternalServerError => Fault.New(ErrorReasons.Unreachable, text),
            _ => Fault.New(ErrorReasons.Unreachable, text + "; is the address right?").Final(),
        };
    }

    private static async Task<ReadOnlyMemory<byte>> ReadBodyAsync(HttpContent content, CancellationToken cancellationToken)
    {
        var body = new byte[BodyLimit];
        var stream = await content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        var length = await stream.ReadAtLeastAsync(body, BodyLimit, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
        return body.AsMemory(0, length);
    }

    private static string? TextOf(JsonElement element, string member) =>
        element.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static bool IsTrue(JsonElement element, string member) =>
        element.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.True;
}
