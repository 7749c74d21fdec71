using System.Buffers;
using System.Text;

namespace FastPubSub.Core;

/// <summary>
/// Checks tenants, channels and patterns before anything is sent, with the same reasons as the server's (SDK-16).
/// Pure: it knows the grammar (CH-1 to CH-9) and nothing else.
/// </summary>
internal static class Names
{
    /// <summary>What an empty tenant means.</summary>
    public const string DefaultTenant = "~";

    private const string Ordinary = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-~@";
    private const string OrdinaryForPeople = "a-z A-Z 0-9 _ - ~ @";

    private static readonly SearchValues<char> InTokens = SearchValues.Create(Ordinary);
    private static readonly SearchValues<char> InNames = SearchValues.Create(Ordinary + ".");

    /// <summary>Checks a tenant and gives the one that it stands for.</summary>
    /// <exception cref="FastPubSubException">TENANT_INVALID.</exception>
    public static string Tenant(string tenant, int limit)
    {
        if (tenant.Length == 0)
        {
            return DefaultTenant;
        }

        CheckLength(ErrorReasons.TenantInvalid, "tenant", tenant, limit);
        var odd = tenant.AsSpan().IndexOfAnyExcept(InNames);
        return odd < 0
            ? tenant
            : throw Invalid(ErrorReasons.TenantInvalid, $"tenant \"{tenant}\" has {Show(tenant[odd])} at byte {odd}; use {OrdinaryForPeople} and the dot");
    }

    /// <summary>Checks a channel to publish to.</summary>
    /// <exception cref="FastPubSubException">CHANNEL_INVALID.</exception>
    public static void Channel(string channel, int limit)
    {
        CheckLength(ErrorReasons.ChannelInvalid, "channel", channel, limit);
        var odd = channel.AsSpan().IndexOfAnyExcept(InNames);
        if (odd >= 0)
        {
            throw Invalid(
                ErrorReasons.ChannelInvalid,
                $"channel \"{channel}\" has {Show(channel[odd])} at byte {odd}; a channel to publish to has tokens of {OrdinaryForPeople}, separated by dots, and no wildcards");
        }

        CheckNoEmptyToken(ErrorReasons.ChannelInvalid, "channel", channel);
    }

    /// <summary>Checks a pattern to subscribe to.</summary>
    /// <exception cref="FastPubSubException">PATTERN_INVALID.</exception>
    public static void Pattern(string pattern, int limit)
    {
        CheckLength(ErrorReasons.PatternInvalid, "pattern", pattern, limit);
        CheckNoEmptyToken(ErrorReasons.PatternInvalid, "pattern", pattern);
        var rest = pattern.AsSpan();
        while (true)
        {
            var dot = rest.IndexOf('.');
            CheckToken(pattern, dot < 0 ? rest : rest[..dot], dot < 0);
            if (dot < 0)
            {
                return;
            }

            rest = rest[(dot + 1)..];
        }
    }

    private static void CheckToken(string pattern, ReadOnlySpan<char> token, bool last)
    {
        var odd = token.IndexOfAnyExcept(InTokens);
        if (odd < 0)
        {
            return;
        }

        var c = token[odd];
        if (c is not ('*' or '#' or '>'))
        {
            throw Invalid(ErrorReasons.PatternInvalid, $"pattern \"{pattern}\" has {Show(c)} in \"{token}\"; use {OrdinaryForPeople}, dots between tokens, and the wildcards * # >");
        }

        if (odd != token.Length - 1)
        {
            throw Invalid(ErrorReasons.PatternInvalid, $"pattern \"{pattern}\" has {Show(c)} inside \"{token}\"; a wildcard may only be the last character of a token");
        }

        if (c != '*' && !last)
        {
            throw Invalid(ErrorReasons.PatternInvalid, $"pattern \"{pattern}\" has {Show(c)} in \"{token}\"; it may only stand in the last token");
        }
    }

    private static void CheckLength(string reason, string kind, string text, int limit)
    {
        if (text.Length == 0)
        {
            throw Invalid(reason, $"the {kind} is empty; give 1 to {limit} bytes");
        }

        var length = Encoding.UTF8.GetByteCount(text);
        if (length > limit)
        {
            throw Invalid(reason, $"the {kind} has {length} bytes; at most {limit} are accepted");
        }
    }

    private static void CheckNoEmptyToken(string reason, string kind, string text)
    {
        if (text[0] == '.' || text[^1] == '.' || text.Contains("..", StringComparison.Ordinal))
        {
            throw Invalid(reason, $"{kind} \"{text}\" has an empty token; write something before, between and after the dots");
        }
    }

    private static string Show(char c) => c is >= ' ' and <= '~' ? $"'{c}'" : $"U+{(int)c:X4}";

    private static FastPubSubException Invalid(string reason, string text) => Fault.New(reason, text).ToException();
}
