using FastPubSub.Tests.Fakes;

namespace FastPubSub.Tests.Client;

/// <summary>Closing: SDK-17.</summary>
public class CloseTests
{
    private readonly Bench bench = new();

    [Fact]
    public async Task SDK_17_closing_flushes_ends_subscriptions_and_leaves_nothing()
    {
        var (client, peer) = await bench.ConnectedAsync();
        var subscription = await Bench.SubscribedAsync(client, peer, "a", 1);
        var ending = new Reading(subscription).EndsAsync();
        await client.PublishAsync("t", "last", default, new PublishOptions { Acknowledge = false });
        await client.CloseAsync(TestContext.Current.CancellationToken).Soon();
        Assert.Equal("last", Assert.Single((await peer.RequestAsync()).Publish.Messages).Channel);
        await ending.Soon();
        await peer.Closed.Soon();
        await peer.Aborted.Soon();
        await client.Completion.Soon();
        var closed = await bench.StateAsync();
        Assert.Equal((ConnectionState.Closed, null), (closed.State, closed.Cause));
        Assert.Equal(ErrorReasons.Closed, (await Patience.FailureOf(client.PublishAsync("t", "a", default))).Reason);
        Assert.Equal(ErrorReasons.Closed, (await Patience.FailureOf(client.SubscribeAsync("t", "a"))).Reason);
        Assert.Equal(ErrorReasons.Closed, (await Patience.FailureOf(client.PingAsync(TestContext.Current.CancellationToken))).Reason);
        await client.CloseAsync(TestContext.Current.CancellationToken).Soon();
        await client.DisposeAsync().Soon();
    }

    [Fact]
    public async Task SDK_17_closing_says_when_not_everything_was_flushed()
    {
        var (client, peer) = await bench.ConnectedAsync();
        await client.PingAsync(TestContext.Current.CancellationToken).Soon();
        peer.AnswersPings = false;
        var publishing = client.PublishAsync("t", "a", default).AsTask();
        await peer.RequestAsync();
        var closing = client.CloseAsync(TestContext.Current.CancellationToken);
        await peer.RequestAsync();
        await bench.Time.PassAsync(TimeSpan.FromSeconds(10));
        var failure = await Patience.FailureOf(closing);
        Assert.Equal(ErrorReasons.TimedOut, failure.Reason);
        Assert.Equal(ErrorReasons.ConnectionLost, (await Patience.FailureOf(publishing)).Reason);
        await peer.Aborted.Soon();
    }

    [Fact]
    public async Task SDK_17_closing_while_reconnecting_ends_at_once_when_nothing_waits()
    {
        var (client, peer) = await bench.ConnectedAsync();
        peer.Cut();
        await bench.StateAsync(ConnectionState.Reconnecting);
        await bench.Time.TimerAsync(TimeSpan.FromMilliseconds(50));
        await client.DisposeAsync().Soon();
        Assert.Equal(ConnectionState.Closed, client.Status.State);
    }

    [Fact]
    public async Task SDK_17_closing_is_bounded_when_the_transport_never_ends_its_calls()
    {
        var (client, peer) = await bench.ConnectedAsync();
        peer.IgnoresAbort = true;
        await EndsAfterItsBoundsAsync(client, peer);
    }

    [Fact]
    public async Task SDK_17_closing_is_bounded_when_the_transport_hangs_in_abort()
    {
        var (client, peer) = await bench.ConnectedAsync();
        (peer.IgnoresAbort, peer.HangsInAbort) = (true, true);
        await EndsAfterItsBoundsAsync(client, peer);
        peer.Release.Set();
    }

    [Fact]
    public async Task SDK_17_closing_is_bounded_when_a_write_never_ends()
    {
        var (client, peer) = await bench.ConnectedAsync();
        await client.PingAsync(TestContext.Current.CancellationToken).Soon();
        peer.IgnoresAbort = true;
        peer.Block();
        var closing = client.CloseAsync(TestContext.Current.CancellationToken);
        await bench.Time.PassAsync(TimeSpan.FromSeconds(10)); // flushing
        await peer.Aborted.Soon();
        await bench.Time.PassAsync(TimeSpan.FromSeconds(3)); // for the transport to let go
        Assert.Equal(ErrorReasons.TimedOut, (await Patience.FailureOf(closing)).Reason);
        Assert.Equal(ErrorReasons.Internal, (await bench.ErrorAsync()).Reason);
        peer.Unblock();
    }

    [Fact]
    public async Task SDK_17_an_abort_that_fails_keeps_nobody_waiting()
    {
        var (client, peer) = await bench.ConnectedAsync();
        peer.AbortFailure = new InvalidOperationException("the transport's own");
        await client.CloseAsync(TestContext.Current.CancellationToken).Soon();
        await client.Completion.Soon();
        Assert.Equal((ConnectionState.Closed, null), (client.Status.State, client.Status.Cause));
        Assert.Equal(ErrorReasons.Internal, (await bench.ErrorAsync()).Reason);
    }

    private async Task EndsAfterItsBoundsAsync(FastPubSubClient client, FakePeer peer)
    {
        var closing = client.CloseAsync(TestContext.Current.CancellationToken);
        await peer.Closed.Soon();
        await bench.Time.PassAsync(TimeSpan.FromSeconds(10)); // for the peer's own end
        await peer.Aborted.Soon();
        await bench.Time.PassAsync(TimeSpan.FromSeconds(3)); // for the transport to let go
        await closing.Soon();
        Assert.Equal(ConnectionState.Closed, client.Status.State);
        Assert.Equal(ErrorReasons.Internal, (await bench.ErrorAsync()).Reason);
    }

    [Fact]
    public async Task A_handler_that_fails_or_closes_the_client_does_no_harm()
    {
        FastPubSubClient? made = null;
        var closed = new TaskCompletionSource();
        var (client, peer) = await bench.ConnectedAsync(change: options => options with
        {
            OnError = failure =>
            {
                _ = made!.DisposeAsync().AsTask().ContinueWith(_ => closed.SetResult(), TaskScheduler.Default);
                throw new InvalidOperationException("the handler's own");
            },
        });
        made = client;
        peer.Fail(0, V1.ErrorReason.PublishDenied);
        await closed.Task.Soon();
        await client.Completion.Soon();
    }
}
