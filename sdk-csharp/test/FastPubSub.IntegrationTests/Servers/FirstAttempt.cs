namespace FastPubSub.IntegrationTests.Servers;

/// <summary>Connects, and gives up as soon as the first attempt has failed, however long that takes.</summary>
internal static class FirstAttempt
{
    /// <summary>Why the first attempt failed.</summary>
    public static async Task<FastPubSubException> FailureOf(string url, string token, TlsOptions? tls = null)
    {
        using var giveUp = new CancellationTokenSource();
        var asked = 0;
        var source = TokenSource.FromCallback(_ =>
        {
            if (Interlocked.Increment(ref asked) == 2)
            {
                giveUp.Cancel(); // there is to be a second attempt
            }

            return new(token);
        });
        var options = new FastPubSubClientOptions { Url = url, TokenSource = source, Tls = tls, ConnectTimeout = Timeout.InfiniteTimeSpan };
        var failure = await Record.ExceptionAsync(() => FastPubSubClient.ConnectAsync(options, giveUp.Token).Soon());
        return Assert.IsType<FastPubSubException>(failure is OperationCanceledException ? failure.InnerException?.InnerException : failure);
    }
}
