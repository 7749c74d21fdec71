using FastPubSub.Tests.Fakes;
using FastPubSub.V1;

namespace FastPubSub.Tests.Client;

/// <summary>Publishing: SDK-5, SDK-6, SDK-8, SDK-16.</summary>
public class PublishTests
{
    private static readonly PublishOptions Unacknowledged = new() { Acknowledge = false };

    private readonly Bench bench = new();

    [Fact]
    public async Task SDK_5_a_publish_completes_when_it_is_acknowledged()
    {
        var (client, peer) = await bench.ConnectedAsync();
        var publishing = client.PublishAsync("", "a.b", new byte[] { 1, 2 }, new PublishOptions { DeliveryMode = DeliveryMode.OneRandom }).AsTask();
        var message = Assert.Single((await peer.RequestAsync()).Publish.Messages);
        Assert.Equal("~", message.Tenant);
        Assert.Equal("a.b", message.Channel);
        Assert.Equal(V1.DeliveryMode.OneRandom, message.DeliveryMode);
        Assert.Equal([1, 2], message.Payload.ToByteArray());
        Assert.False(publishing.IsCompleted);
        peer.Succeed(message.RequestId);
        await publishing.Soon();
        await client.DisposeAsync().Soon();
    }

    [Fact]
    public async Task SDK_5_a_refusal_is_the_failure_of_its_publish_only()
    {
        var (client, peer) = await bench.ConnectedAsync();
        var first = client.PublishAsync("t", "a", default).AsTask();
        var id = Assert.Single((await peer.RequestAsync()).Publish.Messages).RequestId;
        peer.Fail(id, ErrorReason.PublishDenied);
        var failure = await Patience.FailureOf(first);
        Assert.Equal(ErrorReasons.PublishDenied, failure.Reason);
        Assert.False(failure.IsRetryable);
        var second = client.PublishAsync("t", "b", default);
        await peer.PublishedAsync();
        await second.Soon();
        await client.DisposeAsync().Soon();
    }

    [Fact]
    public async Task SDK_5_without_acknowledgement_a_publish_completes_at_once_and_a_refusal_reaches_the_handler()
    {
        var (client, peer) = await bench.ConnectedAsync();
        Assert.True(client.PublishAsync("t", "a", default, Unacknowledged).IsCompletedSuccessfully);
        Assert.Equal(0UL, Assert.Single((await peer.RequestAsync()).Publish.Messages).RequestId);
        peer.Fail(0, ErrorReason.PublishDenied);
        Assert.Equal(ErrorReasons.PublishDenied, (await bench.ErrorAsync()).Reason);
        await client.DisposeAsync().Soon();
    }

    [Fact]
    public async Task SDK_6_what_is_pending_shares_a_frame()
    {
        var (client, peer) = await bench.ConnectedAsync();
        await client.PingAsync(TestContext.Current.CancellationToken).Soon();
        peer.Block();
        var first = client.PublishAsync("t", "a", default);
        var request = await BlockedRequestAsync(peer, client);
        Assert.Single(request.Publish.Messages);
        await first.Soon();
        await client.DisposeAsync().Soon();

        async Task<SessionRequest> BlockedRequestAsync(FakePeer blocked, FastPubSubClient publisher)
        {
            var many = Enumerable.Range(0, 100).Select(_ => publisher.PublishAsync("t", "b", new byte[10], Unacknowledged)).ToArray();
            Assert.All(many, publish => Assert.True(publish.IsCompletedSuccessfully));
            blocked.Unblock();
            var one = await blocked.RequestAsync();
            var id = one.Publish.Messages[0].RequestId;
            blocked.Succeed(id);
            if (one.Publish.Messages.Count == 1)
            {
                Assert.Equal(100, (await blocked.RequestAsync()).Publish.Messages.Count);
                return one;
            }

            // The writer had not come yet: then everything shares the one frame.
            Assert.Equal(101, one.Publish.Messages.Count);
            return new SessionRequest { Publish = new() { Messages = { one.Publish.Messages[0] } } };
        }
    }

    [Fact]
    public async Task SDK_6_frames_stay_below_the_limit_of_the_server()
    {
        var starting = bench.StartAsync();
        var peer = await bench.Network.DialedAsync();
        peer.Accept();
        peer.Welcome(limits: new Limits { MaxFrameBytes = 1000, MaxPayloadBytes = 65535 });
        var client = await starting.Soon();
        peer.Block();
        var publishes = Enumerable.Range(0, 10).Select(_ => client.PublishAsync("t", "a", new byte[300]).AsTask()).ToArray();
        peer.Unblock();
        for (var count = 0; count < 10;)
        {
            var request = await peer.RequestAsync();
            Assert.True(request.CalculateSize() <= 1000);
            count += request.Publish.Messages.Count;
            foreach (var message in request.Publish.Messages)
            {
                peer.Succeed(message.RequestId);
            }
        }

        await Task.WhenAll(publishes).Soon();
        Assert.Equal(ErrorReasons.PayloadTooLarge, (await Patience.FailureOf(client.PublishAsync("t", "a", new byte[990]))).Reason);
        await client.DisposeAsync().Soon();
    }

    [Fact]
    public async Task SDK_8_publishes_wait_for_the_connection_and_keep_their_order()
    {
        var (client, first) = await bench.ConnectedAsync();
        first.Cut();
        await bench.StateAsync(ConnectionState.Reconnecting);
        var acknowledged = client.PublishAsync("t", "a", default).AsTask();
        var handed = client.PublishAsync("t", "b", default, Unacknowledged).AsTask();
        Assert.False(acknowledged.IsCompleted);
        Assert.False(handed.IsCompleted);
        await bench.Time.PassAsync(TimeSpan.FromMilliseconds(50));
        var second = await bench.Network.WelcomedAsync();
        var messages = await second.PublishedAsync();
        Assert.Equal(["a", "b"], messages.Select(message => message.Channel));
        await acknowledged.Soon();
        await handed.Soon();
        await client.DisposeAsync().Soon();
    }

    [Fact]
    public async Task SDK_8_the_timeout_of_a_publish_bounds_its_waiting()
    {
        var (client, first) = await bench.ConnectedAsync();
        first.Cut();
        await bench.Time.TimerAsync(TimeSpan.FromMilliseconds(50));
        var publishing = client.PublishAsync("t", "a", default, new PublishOptions { Timeout = TimeSpan.FromMilliseconds(7) }).AsTask();
        bench.Time.Advance(TimeSpan.FromMilliseconds(7));
        var failure = await Patience.FailureOf(publishing);
        Assert.Equal(ErrorReasons.TimedOut, failure.Reason);
        Assert.Contains("not sent", failure.Message, StringComparison.Ordinal);
        bench.Time.Advance(TimeSpan.FromMilliseconds(43));
        var second = await bench.Network.WelcomedAsync();
        var sentinel = client.PublishAsync("t", "sentinel", default);
        Assert.Equal("sentinel", Assert.Single(await second.PublishedAsync()).Channel);
        await sentinel.Soon();
        await client.DisposeAsync().Soon();
    }

    [Fact]
    public async Task A_publish_that_was_sent_and_not_acknowledged_in_time_says_so()
    {
        var (client, peer) = await bench.ConnectedAsync();
        var publishing = client.PublishAsync("t", "a", default, new PublishOptions { Timeout = TimeSpan.FromMilliseconds(7) }).AsTask();
        var late = Assert.Single((await peer.RequestAsync()).Publish.Messages);
        bench.Time.Advance(TimeSpan.FromMilliseconds(7));
        var failure = await Patience.FailureOf(publishing);
        Assert.Equal(ErrorReasons.TimedOut, failure.Reason);
        Assert.Contains("may have been delivered", failure.Message, StringComparison.Ordinal);
        peer.Succeed(late.RequestId);
        await client.DisposeAsync().Soon();
    }

    [Fact]
    public async Task Cancelling_a_publish_takes_it_out_of_the_queue()
    {
        var (client, first) = await bench.ConnectedAsync();
        first.Cut();
        await bench.StateAsync(ConnectionState.Reconnecting);
        using var giveUp = new CancellationTokenSource();
        var publishing = client.PublishAsync("t", "a", default, null, giveUp.Token).AsTask();
        await giveUp.CancelAsync();
        var cancelled = await Assert.ThrowsAsync<OperationCanceledException>(() => publishing.Soon());
        Assert.Equal(ErrorReasons.Canceled, Assert.IsType<FastPubSubException>(cancelled.InnerException).Reason);
        await Assert.ThrowsAsync<OperationCanceledException>(() => client.PublishAsync("t", "a", default, null, giveUp.Token).AsTask());
        await client.DisposeAsync().Soon();
    }

    [Fact]
    public async Task SDK_8_a_full_buffer_refuses_while_there_is_no_connection()
    {
        var (client, first) = await bench.ConnectedAsync(change: options => options with { PublishBufferMessages = 2 });
        first.Cut();
        await bench.StateAsync(ConnectionState.Reconnecting);
        var waiting = new[] { client.PublishAsync("t", "a", default).AsTask(), client.PublishAsync("t", "b", default).AsTask() };
        var failure = await Patience.FailureOf(client.PublishAsync("t", "c", default));
        Assert.Equal(ErrorReasons.BufferFull, failure.Reason);
        Assert.True(failure.IsRetryable);
        await bench.Time.PassAsync(TimeSpan.FromMilliseconds(50));
        await (await bench.Network.WelcomedAsync()).PublishedAsync();
        await Task.WhenAll(waiting).Soon();
        await client.DisposeAsync().Soon();
    }

    [Fact]
    public async Task A_full_buffer_makes_publishes_wait_in_order_while_there_is_a_connection()
    {
        var (client, peer) = await bench.ConnectedAsync(change: options => options with { PublishBufferMessages = 2 });
        var publishes = Enumerable.Range(0, 10).Select(i => client.PublishAsync("t", $"c{i}", default).AsTask()).ToArray();
        var channels = new List<string>();
        while (channels.Count < 10)
        {
            channels.AddRange((await peer.PublishedAsync()).Select(message => message.Channel));
        }

        await Task.WhenAll(publishes).Soon();
        Assert.Equal(Enumerable.Range(0, 10).Select(i => $"c{i}"), channels);
        await client.DisposeAsync().Soon();
    }

    [Fact]
    public async Task SDK_8_a_publish_in_flight_fails_when_the_connection_breaks()
    {
        var (client, peer) = await bench.ConnectedAsync();
        var publishing = client.PublishAsync("t", "a", default).AsTask();
        await peer.RequestAsync();
        peer.Cut();
        var failure = await Patience.FailureOf(publishing);
        Assert.Equal(ErrorReasons.ConnectionLost, failure.Reason);
        Assert.True(failure.IsRetryable);
        Assert.Contains("unknown", failure.Message, StringComparison.Ordinal);
        await bench.StateAsync(ConnectionState.Reconnecting);
        await client.DisposeAsync().Soon();
    }

    [Fact]
    public async Task SDK_8_unacknowledged_publishes_that_a_breaking_connection_takes_along_are_reported()
    {
        var (client, peer) = await bench.ConnectedAsync();
        await client.PingAsync(TestContext.Current.CancellationToken).Soon();
        peer.BreakSending();
        await client.PublishAsync("t", "a", default, Unacknowledged).Soon();
        Assert.Equal(ErrorReasons.ConnectionLost, (await bench.ErrorAsync()).Reason);
        await bench.Time.PassAsync(TimeSpan.FromSeconds(1)); // the peer says nothing more
        await bench.StateAsync(ConnectionState.Reconnecting);
        await client.DisposeAsync().Soon();
    }

    [Theory]
    [InlineData("te nant", "a", ErrorReasons.TenantInvalid)]
    [InlineData("t", "", ErrorReasons.ChannelInvalid)]
    [InlineData("t", "a.*", ErrorReasons.ChannelInvalid)]
    public async Task SDK_16_names_are_checked_before_anything_is_sent(string tenant, string channel, string reason)
    {
        var (client, peer) = await bench.ConnectedAsync();
        Assert.Equal(reason, (await Patience.FailureOf(client.PublishAsync(tenant, channel, default))).Reason);
        await client.PingAsync(TestContext.Current.CancellationToken).Soon();
        Assert.False(peer.HasRequest);
        await client.DisposeAsync().Soon();
    }

    [Fact]
    public async Task SDK_16_payloads_modes_and_timeouts_are_checked_before_anything_is_sent()
    {
        var (client, _) = await bench.ConnectedAsync();
        Assert.Equal(ErrorReasons.PayloadTooLarge, (await Patience.FailureOf(client.PublishAsync("t", "a", new byte[65536]))).Reason);
        Assert.Equal(ErrorReasons.RequestInvalid, (await Patience.FailureOf(
            client.PublishAsync("t", "a", default, new PublishOptions { DeliveryMode = (DeliveryMode)9 }))).Reason);
        Assert.Equal(ErrorReasons.RequestInvalid, (await Patience.FailureOf(
            client.PublishAsync("t", "a", default, new PublishOptions { Timeout = TimeSpan.Zero }))).Reason);
        await client.DisposeAsync().Soon();
    }
}
