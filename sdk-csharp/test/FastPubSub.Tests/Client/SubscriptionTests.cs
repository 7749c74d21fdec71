using FastPubSub.Tests.Fakes;
using FastPubSub.V1;

namespace FastPubSub.Tests.Client;

/// <summary>Subscribing and reading: SDK-3, SDK-4, SDK-11, SDK-16.</summary>
public class SubscriptionTests
{
    private readonly Bench bench = new();

    [Fact]
    public async Task SDK_3_subscribing_completes_with_the_acknowledgement_and_nothing_is_missed_before_reading()
    {
        var (client, peer) = await bench.ConnectedAsync();
        var subscribing = client.SubscribeAsync("", "a.#");
        var command = (await peer.RequestAsync()).Subscribe;
        Assert.Equal("~", command.Tenant);
        Assert.Equal("a.#", command.Pattern);
        Assert.False(subscribing.IsCompleted);
        peer.Succeed(command.RequestId, 9);
        peer.Deliver(1, 9);
        peer.Deliver(2, 9);
        await using var subscription = await subscribing.Soon();
        await new Reading(subscription).ReadsAsync(1, 2);
        await client.DisposeAsync().Soon();
    }

    [Fact]
    public async Task SDK_4_a_message_has_everything()
    {
        var (client, peer) = await bench.ConnectedAsync();
        await using var subscription = await Bench.SubscribedAsync(client, peer, "a.b", 1);
        peer.Send(new SessionResponse
        {
            Deliveries = new()
            {
                Messages =
                {
                    new Delivery
                    {
                        IdOrigin = 3, IdSequence = 4, PublishedAtUnixNanos = 1_700_000_000_123_456_789, Tenant = "t", Channel = "a.b",
                        Payload = Google.Protobuf.ByteString.CopyFromUtf8("hi"), PatternHandles = { 1 },
                    },
                },
            },
        });
        var message = Assert.IsType<FastPubSub.Message>(await new Reading(subscription).NextAsync());
        Assert.Equal(("t", "a.b"), (message.Tenant, message.Channel));
        Assert.Equal("hi"u8.ToArray(), message.Payload.ToArray());
        Assert.Equal(new MessageId(3, 4), message.Id);
        Assert.Equal("0000000000000003-0000000000000004", message.Id.ToString());
        Assert.Equal(1_700_000_000_123_456_789, message.PublishedAtUnixNanoseconds);
        Assert.Equal(1_700_000_000_123, message.PublishedAt.ToUnixTimeMilliseconds());
        await client.DisposeAsync().Soon();
    }

    [Fact]
    public async Task SDK_3_a_refusal_is_the_failure_of_subscribing()
    {
        var (client, peer) = await bench.ConnectedAsync();
        var subscribing = client.SubscribeAsync("t", "a");
        peer.Fail((await peer.RequestAsync()).Subscribe.RequestId, ErrorReason.SubscribeDenied);
        Assert.Equal(ErrorReasons.SubscribeDenied, (await Patience.FailureOf(subscribing)).Reason);
        await client.DisposeAsync().Soon();
    }

    [Fact]
    public async Task SDK_18_subscriptions_to_one_pattern_share_it_on_the_wire()
    {
        var (client, peer) = await bench.ConnectedAsync();
        var first = await Bench.SubscribedAsync(client, peer, "a", 1);
        var second = await client.SubscribeAsync("t", "a").Soon(); // nothing is sent
        peer.Deliver(1, 1);
        Assert.Equal(1UL, await new Reading(first).NumberAsync());
        Assert.Equal(1UL, await new Reading(second).NumberAsync());
        await first.DisposeAsync();
        await client.PingAsync(TestContext.Current.CancellationToken).Soon();
        Assert.False(peer.HasRequest);
        await second.DisposeAsync();
        Assert.Equal("a", (await peer.RequestAsync()).Unsubscribe.Pattern);
        await client.DisposeAsync().Soon();
    }

    [Fact]
    public async Task A_message_that_matches_two_patterns_reaches_both_subscriptions()
    {
        var (client, peer) = await bench.ConnectedAsync();
        await using var a = await Bench.SubscribedAsync(client, peer, "a.*", 1);
        await using var b = await Bench.SubscribedAsync(client, peer, "a.#", 2);
        peer.Deliver(1, 1, 2);
        Assert.Equal(1UL, await new Reading(a).NumberAsync());
        Assert.Equal(1UL, await new Reading(b).NumberAsync());
        await client.DisposeAsync().Soon();
    }

    [Fact]
    public async Task SDK_4_unsubscribing_lets_the_rest_be_read()
    {
        var (client, peer) = await bench.ConnectedAsync();
        var subscription = await Bench.SubscribedAsync(client, peer, "a", 1);
        peer.Deliver(1, 1);
        var unsubscribing = subscription.UnsubscribeAsync(TestContext.Current.CancellationToken);
        var command = (await peer.RequestAsync()).Unsubscribe;
        peer.Deliver(2, 1);
        peer.Succeed(command.RequestId);
        await unsubscribing.Soon();
        var reading = new Reading(subscription);
        await reading.ReadsAsync(1, 2);
        await reading.EndsAsync();
        await client.DisposeAsync().Soon();
    }

    [Fact]
    public async Task SDK_4_disposing_ends_a_reader_that_waits()
    {
        var (client, peer) = await bench.ConnectedAsync();
        var subscription = await Bench.SubscribedAsync(client, peer, "a", 1);
        var ending = new Reading(subscription).EndsAsync();
        await subscription.DisposeAsync();
        await ending.Soon();
        await subscription.DisposeAsync();
        await client.DisposeAsync().Soon();
    }

    [Fact]
    public async Task Cancelling_a_reader_leaves_the_subscription_alone()
    {
        var (client, peer) = await bench.ConnectedAsync();
        await using var subscription = await Bench.SubscribedAsync(client, peer, "a", 1);
        using var giveUp = new CancellationTokenSource();
        var reader = subscription.GetAsyncEnumerator(giveUp.Token);
        var waiting = reader.MoveNextAsync().AsTask();
        await giveUp.CancelAsync();
        Assert.Equal(ErrorReasons.Canceled, await Patience.CancellationOf(waiting));
        peer.Deliver(1, 1);
        Assert.Equal(1UL, await new Reading(subscription).NumberAsync());
        await client.DisposeAsync().Soon();
    }

    [Fact]
    public async Task SDK_11_a_slow_reader_is_told_how_much_it_lost_and_goes_on()
    {
        var (client, peer) = await bench.ConnectedAsync();
        await using var slow = await Bench.SubscribedAsync(client, peer, "a", 1, new SubscriptionOptions { BufferMessages = 3 });
        for (var i = 1UL; i <= 10; i++)
        {
            peer.Deliver(i, 1);
        }

        await client.PingAsync(TestContext.Current.CancellationToken).Soon(); // the connection is not held up
        var reading = new Reading(slow);
        var lagged = Assert.IsType<Lagged>(await reading.NextAsync());
        Assert.Equal(7UL, lagged.Missed);
        Assert.False(lagged.AtServer);
        await reading.ReadsAsync(8, 9, 10);
        peer.Deliver(11, 1);
        Assert.Equal(11UL, await reading.NumberAsync());
        await client.DisposeAsync().Soon();
    }

    [Fact]
    public async Task SDK_11_what_the_server_dropped_is_told_to_every_subscription()
    {
        var (client, peer) = await bench.ConnectedAsync();
        await using var a = await Bench.SubscribedAsync(client, peer, "a", 1);
        await using var b = await Bench.SubscribedAsync(client, peer, "b", 2);
        peer.Send(new SessionResponse { Lost = new() { Messages = 5 } });
        foreach (var subscription in new[] { a, b })
        {
            var lagged = Assert.IsType<Lagged>(await new Reading(subscription).NextAsync());
            Assert.Equal((5UL, true), (lagged.Missed, lagged.AtServer));
        }

        await client.DisposeAsync().Soon();
    }

    [Fact]
    public async Task A_subscription_that_the_server_ends_says_why_after_its_last_message()
    {
        var (client, peer) = await bench.ConnectedAsync();
        await using var subscription = await Bench.SubscribedAsync(client, peer, "a", 1);
        peer.Deliver(1, 1);
        peer.Send(new SessionResponse
        {
            SubscriptionEnded = new() { PatternHandle = 1, Reason = ErrorReason.SubscribeDenied, Message = "not any more" },
        });
        var reading = new Reading(subscription);
        Assert.Equal(1UL, await reading.NumberAsync());
        Assert.Equal(ErrorReasons.SubscribeDenied, (await reading.FailsAsync()).Reason);
        await client.DisposeAsync().Soon();
    }

    [Fact]
    public async Task A_pattern_that_is_refused_after_a_reconnect_ends_its_subscription_only()
    {
        var (client, first) = await bench.ConnectedAsync();
        await using var subscription = await Bench.SubscribedAsync(client, first, "a", 1);
        first.Cut();
        await bench.Time.PassAsync(TimeSpan.FromMilliseconds(50));
        var second = await bench.Network.WelcomedAsync();
        second.Fail((await second.RequestAsync()).Subscribe.RequestId, ErrorReason.SubscribeDenied);
        await bench.StateAsync(ConnectionState.Connected);
        Assert.Equal(ErrorReasons.SubscribeDenied, (await new Reading(subscription).FailsAsync()).Reason);
        await client.DisposeAsync().Soon();
    }

    [Fact]
    public async Task SDK_3_subscribing_while_reconnecting_waits_for_the_connection()
    {
        var (client, first) = await bench.ConnectedAsync();
        first.Cut();
        await bench.StateAsync(ConnectionState.Reconnecting);
        var subscribing = client.SubscribeAsync("t", "a");
        await bench.Time.PassAsync(TimeSpan.FromMilliseconds(50));
        var second = await bench.Network.WelcomedAsync();
        await second.SubscribedAsync(1);
        await using var subscription = await subscribing.Soon();
        await client.DisposeAsync().Soon();
    }

    [Fact]
    public async Task Cancelled_subscribing_subscribes_to_nothing()
    {
        var (client, peer) = await bench.ConnectedAsync();
        using var giveUp = new CancellationTokenSource();
        var subscribing = client.SubscribeAsync("t", "a", null, giveUp.Token);
        var command = (await peer.RequestAsync()).Subscribe;
        await giveUp.CancelAsync();
        Assert.Equal(ErrorReasons.Canceled, await Patience.CancellationOf(subscribing));
        Assert.Equal("a", (await peer.RequestAsync()).Unsubscribe.Pattern);
        peer.Succeed(command.RequestId, 1);
        await client.DisposeAsync().Soon();
    }

    [Theory]
    [InlineData("te nant", "a", ErrorReasons.TenantInvalid)]
    [InlineData("t", "a.#.b", ErrorReasons.PatternInvalid)]
    public async Task SDK_16_names_are_checked_before_anything_is_sent(string tenant, string pattern, string reason)
    {
        var (client, peer) = await bench.ConnectedAsync();
        Assert.Equal(reason, (await Patience.FailureOf(client.SubscribeAsync(tenant, pattern))).Reason);
        Assert.Equal(ErrorReasons.RequestInvalid, (await Patience.FailureOf(
            client.SubscribeAsync("t", "a", new SubscriptionOptions { BufferMessages = 0 }))).Reason);
        Assert.False(peer.HasRequest);
        await client.DisposeAsync().Soon();
    }
}
