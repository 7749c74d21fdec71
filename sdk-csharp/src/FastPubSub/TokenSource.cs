using System.Diagnostics;
using FastPubSub.Core;

namespace FastPubSub;

/// <summary>
/// Where access tokens come from. A source is asked before every attempt to connect and shortly before the token in use
/// expires; the fresh token replaces the old one without reconnecting.
/// </summary>
[DebuggerDisplay("TokenSource {ToString(),nq}")]
public abstract class TokenSource
{
    /// <summary>Initializes a source of one's own.</summary>
    protected TokenSource()
    {
    }

    /// <summary>Whether asking again can give a fresh token.</summary>
    internal virtual bool IsRenewable => true;

    /// <summary>A source that has one token for ever. When it expires the client ends.</summary>
    /// <param name="token">The access token, <c>AT_…</c>.</param>
    /// <returns>The source.</returns>
    public static TokenSource Fixed(string token)
    {
        ArgumentNullException.ThrowIfNull(token);
        return new FixedSource(new Secret(token));
    }

    /// <summary>A source that calls a function.</summary>
    /// <param name="getToken">Gives a token that is valid now; see <see cref="GetTokenAsync"/>.</param>
    /// <returns>The source.</returns>
    public static TokenSource FromCallback(Func<CancellationToken, ValueTask<string>> getToken)
    {
        ArgumentNullException.ThrowIfNull(getToken);
        return new CallbackSource(getToken);
    }

    /// <summary>
    /// Gives an access token that is valid now. An exception makes the client try again later, unless it is a
    /// <see cref="FastPubSubException"/> that is not retryable, for example of a <see cref="FastPubSubTokenClient"/>;
    /// that ends connecting.
    /// </summary>
    /// <param name="cancellationToken">Cancelled when the answer would come too late.</param>
    /// <returns>The access token, <c>AT_…</c>.</returns>
    public abstract ValueTask<string> GetTokenAsync(CancellationToken cancellationToken);

    /// <summary>Never shows a token.</summary>
    /// <returns>A text without secrets.</returns>
    public override string ToString() => Secret.Redacted;

    private sealed class FixedSource(Secret token) : TokenSource
    {
        internal override bool IsRenewable => false;

        public override ValueTask<string> GetTokenAsync(CancellationToken cancellationToken) => new(token.Reveal());
    }

    private sealed class CallbackSource(Func<CancellationToken, ValueTask<string>> getToken) : TokenSource
    {
        public override ValueTask<string> GetTokenAsync(CancellationToken cancellationToken) => getToken(cancellationToken);
    }
}
