using FastPubSub.Tests.Fakes;

namespace FastPubSub.Tests.Client;

/// <summary>Make before break: SDK-9.</summary>
public class MoveTests
{
    private static readonly TimeSpan Overlap = TimeSpan.FromMilliseconds(500);

    private readonly Bench bench = new();

    [Fact]
    public async Task SDK_9_a_move_loses_nothing_and_shows_nothing_twice()
    {
        var (client, old) = await bench.ConnectedAsync();
        await using var subscription = await Bench.SubscribedAsync(client, old, "a", 1);
        var reading = new Reading(subscription);
        old.Deliver(1, 1);
        var next = await MovedAsync(old);
        await next.SubscribedAsync(21);
        next.Deliver(3, 21); // the new one is ahead of the old one
        next.Deliver(4, 21);
        old.Deliver(2, 1);
        old.Deliver(3, 1);
        await reading.ReadsAsync(1, 2, 3);
        await bench.Time.PassAsync(Overlap);
        var unsubscribe = (await old.RequestAsync()).Unsubscribe;
        Assert.Equal("a", unsubscribe.Pattern);
        old.Succeed(unsubscribe.RequestId);
        Assert.Equal(4UL, await reading.NumberAsync());
        await old.Closed.Soon();
        next.Deliver(2, 21); // late, and known
        next.Deliver(5, 21);
        Assert.Equal(5UL, await reading.NumberAsync());
        Assert.Equal(ConnectionState.Connected, client.Status.State);
        await client.DisposeAsync().Soon();
    }

    [Fact]
    public async Task SDK_9_publishes_go_over_one_connection_at_a_time_and_in_order()
    {
        var (client, old) = await bench.ConnectedAsync();
        await client.PingAsync(TestContext.Current.CancellationToken).Soon();
        old.AnswersPings = false;
        old.GoAway(TimeSpan.FromSeconds(30));
        var before = client.PublishAsync("t", "before", default);
        Assert.Equal("before", Assert.Single(await old.PublishedAsync()).Channel);
        await before.Soon();
        await bench.Time.PassAsync(TimeSpan.FromMilliseconds(50));
        var next = await bench.Network.WelcomedAsync();
        var fence = (await old.RequestAsync()).Ping; // sending pauses
        var between = client.PublishAsync("t", "between", default);
        Assert.False(next.HasRequest);
        old.AnswersPings = true;
        old.Succeed(fence.RequestId);
        Assert.Equal("between", Assert.Single(await next.PublishedAsync()).Channel);
        await between.Soon();
        Assert.False(old.HasRequest);
        await client.DisposeAsync().Soon();
    }

    [Fact]
    public async Task SDK_9_what_is_subscribed_during_the_move_is_subscribed_on_both()
    {
        var (client, old) = await bench.ConnectedAsync();
        old.GoAway(TimeSpan.FromSeconds(30));
        await bench.Time.TimerAsync(TimeSpan.FromMilliseconds(50));
        await using var subscription = await Bench.SubscribedAsync(client, old, "a", 1);
        bench.Time.Advance(TimeSpan.FromMilliseconds(50));
        var next = await bench.Network.WelcomedAsync();
        Assert.Equal("a", (await next.SubscribedAsync(2)).Pattern);
        await client.DisposeAsync().Soon();
    }

    [Fact]
    public async Task SDK_9_when_the_old_connection_breaks_first_the_client_is_reconnecting()
    {
        var (client, old) = await bench.ConnectedAsync();
        await using var subscription = await Bench.SubscribedAsync(client, old, "a", 1);
        old.GoAway(TimeSpan.FromSeconds(30));
        await bench.Time.TimerAsync(TimeSpan.FromMilliseconds(50));
        old.Cut();
        await bench.StateAsync(ConnectionState.Reconnecting);
        await bench.Time.PassAsync(TimeSpan.FromMilliseconds(50));
        var next = await bench.Network.WelcomedAsync();
        await next.SubscribedAsync(2);
        await bench.StateAsync(ConnectionState.Connected);
        next.Deliver(1, 2);
        Assert.Equal(1UL, await new Reading(subscription).NumberAsync());
        await client.DisposeAsync().Soon();
    }

    [Fact]
    public async Task SDK_7_the_back_off_starts_over_when_the_old_connection_ends_during_a_move()
    {
        var (client, old) = await bench.ConnectedAsync();
        old.GoAway(TimeSpan.FromSeconds(30));
        foreach (var wait in (int[])[50, 100, 200, 400])
        {
            await bench.Time.PassAsync(TimeSpan.FromMilliseconds(wait));
            (await bench.Network.DialedAsync()).Refuse(ErrorReasons.Unreachable);
        }

        await bench.Time.TimerAsync(TimeSpan.FromMilliseconds(800)); // the client has a connection and can wait
        old.Cut();
        await bench.Time.PassAsync(TimeSpan.FromMilliseconds(50)); // now it has none
        (await bench.Network.DialedAsync()).Refuse(ErrorReasons.Unreachable);
        await bench.Time.PassAsync(TimeSpan.FromMilliseconds(100));
        await bench.Network.WelcomedAsync();
        await bench.StateAsync(ConnectionState.Connected);
        await client.DisposeAsync().Soon();
    }

    [Fact]
    public async Task SDK_9_a_move_that_fails_for_good_lets_the_old_connection_live_out()
    {
        var (client, old) = await bench.ConnectedAsync();
        await using var subscription = await Bench.SubscribedAsync(client, old, "a", 1);
        old.GoAway(TimeSpan.FromSeconds(30));
        await bench.Time.PassAsync(TimeSpan.FromMilliseconds(50));
        (await bench.Network.DialedAsync()).Refuse(ErrorReasons.TokenRevoked);
        var reading = new Reading(subscription);
        old.Deliver(1, 1);
        Assert.Equal(1UL, await reading.NumberAsync());
        old.Cut(ErrorReasons.Draining);
        Assert.Equal(ErrorReasons.TokenRevoked, (await bench.StateAsync(ConnectionState.Closed)).Cause?.Reason);
        Assert.Equal(ErrorReasons.TokenRevoked, (await reading.FailsAsync()).Reason);
    }

    [Fact]
    public async Task SDK_9_a_move_is_tried_again_until_there_is_a_server()
    {
        var (client, old) = await bench.ConnectedAsync();
        old.GoAway(TimeSpan.FromSeconds(30));
        await bench.Time.PassAsync(TimeSpan.FromMilliseconds(50));
        (await bench.Network.DialedAsync()).Refuse(ErrorReasons.Unreachable);
        await bench.Time.PassAsync(TimeSpan.FromMilliseconds(100));
        await bench.Network.WelcomedAsync();
        await bench.Time.PassAsync(Overlap);
        await old.Closed.Soon();
        Assert.Equal(ConnectionState.Connected, client.Status.State);
        await client.DisposeAsync().Soon();
    }

    [Fact]
    public async Task SDK_9_ten_servers_in_turn_show_every_message_once_and_in_order()
    {
        var always = new ReconnectOptions { Shortest = TimeSpan.FromMilliseconds(100), Longest = TimeSpan.FromMilliseconds(100) };
        var (client, peer) = await bench.ConnectedAsync(change: options => options with { Reconnect = always });
        await using var subscription = await Bench.SubscribedAsync(client, peer, "a", 1);
        var reading = new Reading(subscription);
        var number = 0UL;
        var read = new List<ulong>();
        for (var round = 0; round < 10; round++)
        {
            peer.Deliver(++number, 1);
            var next = await MovedAsync(peer);
            await next.SubscribedAsync(1);
            for (var i = 0; i < 20; i++)
            {
                number++;
                next.Deliver(number, 1); // both servers deliver, the new one first
                peer.Deliver(number, 1);
            }

            await bench.Time.PassAsync(Overlap);
            peer.Succeed((await peer.RequestAsync()).Unsubscribe.RequestId);
            await peer.Closed.Soon();
            peer = next;
            read.AddRange(await reading.NumbersAsync(21));
        }

        Assert.Equal(Enumerable.Range(1, read.Count).Select(i => (ulong)i), read);
        await client.DisposeAsync().Soon();
    }

    /// <summary>Lets the old server ask to move. The back-off must not grow from move to move.</summary>
    private async Task<FakePeer> MovedAsync(FakePeer old)
    {
        old.GoAway(TimeSpan.FromSeconds(30));
        await bench.Time.PassAsync(TimeSpan.FromMilliseconds(50));
        return await bench.Network.WelcomedAsync();
    }
}
