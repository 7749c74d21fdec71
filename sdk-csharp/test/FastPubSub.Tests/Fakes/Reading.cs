namespace FastPubSub.Tests.Fakes;

/// <summary>Reads a subscription step by step.</summary>
internal sealed class Reading(Subscription subscription)
{
    private readonly IAsyncEnumerator<SubscriptionEvent> events = subscription.GetAsyncEnumerator();

    public async Task<SubscriptionEvent> NextAsync()
    {
        Assert.True(await events.MoveNextAsync().Soon(), "the subscription has ended");
        return events.Current;
    }

    /// <summary>The number of the next message.</summary>
    public async Task<ulong> NumberAsync() => Assert.IsType<Message>(await NextAsync()).Id.Sequence;

    public async Task<ulong[]> NumbersAsync(int count)
    {
        var numbers = new ulong[count];
        for (var i = 0; i < count; i++)
        {
            numbers[i] = await NumberAsync();
        }

        return numbers;
    }

    /// <summary>Reads messages with these numbers.</summary>
    public async Task ReadsAsync(params ulong[] numbers) => Assert.Equal(numbers, await NumbersAsync(numbers.Length));

    public async Task EndsAsync() => Assert.False(await events.MoveNextAsync().Soon(), "the subscription goes on");

    public Task<FastPubSubException> FailsAsync() => Patience.FailureOf(events.MoveNextAsync().AsTask());
}
