namespace FastPubSub.Core;

/// <summary>Asks for access tokens and says when a fresh one is due (SDK-2).</summary>
internal static class Credential
{
    /// <summary>
    /// Asks a source for a token. A failure is TOKEN_SOURCE_FAILED. A source that does not heed the cancellation is
    /// left alone with its work.
    /// </summary>
    /// <exception cref="FastPubSubException">There is no token.</exception>
    public static async Task<string> AskAsync(TokenSource source, CancellationToken cancellationToken)
    {
        string? token;
        try
        {
            var asking = source.IsRenewable
                ? Task.Run(() => source.GetTokenAsync(cancellationToken).AsTask(), cancellationToken)
                : source.GetTokenAsync(cancellationToken).AsTask();
            token = await asking.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            var failed = Fault.Wrap(exception, ErrorReasons.TokenSourceFailed, "the token source gave no token");
            throw (exception is FastPubSubException { IsRetryable: false } ? failed.Final() : failed).ToException();
        }

        Check(token);
        return token;
    }

    /// <summary>Refuses a text that cannot travel in a header; what it is otherwise is the server's business. It is never shown.</summary>
    public static void Check(string? token) => Check(
        token, ErrorReasons.TokenMissing, ErrorReasons.TokenInvalid, "the access token is empty; give one of the form AT_<id>_<secret>", "access token");

    /// <summary>Refuses a master token that cannot travel in a header.</summary>
    public static void CheckMaster(string? token) => Check(
        token, ErrorReasons.MasterTokenInvalid, ErrorReasons.MasterTokenInvalid, "the master token is empty; give one that the server was started with", "master token");

    private static void Check(string? token, string emptyReason, string oddReason, string emptyText, string kind)
    {
        if (string.IsNullOrEmpty(token))
        {
            throw Fault.New(emptyReason, emptyText).ToException();
        }

        if (token.AsSpan().IndexOfAnyExceptInRange('!', '~') >= 0)
        {
            throw Fault.New(oddReason, $"the {kind} has a character that is not visible ASCII; is there a line break in it?").ToException();
        }
    }
}
