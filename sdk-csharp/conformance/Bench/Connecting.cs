namespace FastPubSub.Bench;

/// <summary>What every measure begins with.</summary>
internal static class Connecting
{
    public static Task<FastPubSubClient> ConnectAsync(Settings settings) => FastPubSubClient.ConnectAsync(new FastPubSubClientOptions
    {
        Url = settings.Url,
        TokenSource = TokenSource.Fixed(settings.Token),
        OnError = failure => Console.Error.WriteLine($"bench: {failure.Message}"),
    });

    /// <summary>The next message of a subscription; a lag or an end is an error.</summary>
    public static async ValueTask<Message> NextAsync(IAsyncEnumerator<SubscriptionEvent> events) =>
        await events.MoveNextAsync()
            ? events.Current as Message ?? throw new BenchException(events.Current.ToString() ?? "a lag")
            : throw new BenchException("the subscription has ended");
}
