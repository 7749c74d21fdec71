using FastPubSub.Core;
using FastPubSub.Tests.Fakes;
using FastPubSub.V1;

namespace FastPubSub.Tests.Client;

/// <summary>Connecting and reconnecting: SDK-1, SDK-2, SDK-7, SDK-10, SDK-13.</summary>
public class ConnectTests
{
    private readonly Bench bench = new();

    [Fact]
    public async Task SDK_1_connecting_completes_after_the_welcome()
    {
        var starting = bench.StartAsync();
        var peer = await bench.Network.DialedAsync();
        peer.Accept();
        Assert.False(starting.IsCompleted);
        peer.Welcome();
        await using var client = await starting.Soon();
        Assert.Equal(ConnectionState.Connected, client.Status.State);
    }

    [Theory]
    [InlineData(ErrorReasons.TokenMissing)]
    [InlineData(ErrorReasons.TokenInvalid)]
    [InlineData(ErrorReasons.TokenRevoked)]
    [InlineData(ErrorReasons.TokenExpired)]
    [InlineData(ErrorReasons.IPNotAllowed)]
    [InlineData(ErrorReasons.RegionNotAllowed)]
    [InlineData(ErrorReasons.OriginNotAllowed)]
    public async Task SDK_7_a_refused_token_ends_connecting_at_once(string reason)
    {
        var starting = bench.StartAsync();
        (await bench.Network.DialedAsync()).Refuse(reason);
        Assert.Equal(reason, (await Patience.FailureOf(starting)).Reason);
        Assert.Equal(reason, (await bench.StateAsync(ConnectionState.Closed)).Cause?.Reason);
    }

    [Fact]
    public async Task SDK_7_a_refusal_in_the_first_frame_counts_as_one_before()
    {
        var starting = bench.StartAsync();
        var peer = await bench.Network.DialedAsync();
        peer.Accept();
        peer.Fail(0, ErrorReason.TokenRevoked, closes: true);
        peer.Cut();
        Assert.Equal(ErrorReasons.TokenRevoked, (await Patience.FailureOf(starting)).Reason);
    }

    [Fact]
    public async Task SDK_7_an_unreachable_server_is_tried_again_with_back_off()
    {
        var starting = bench.StartAsync();
        (await bench.Network.DialedAsync()).Refuse(ErrorReasons.Unreachable);
        await bench.Time.PassAsync(TimeSpan.FromMilliseconds(50));
        (await bench.Network.DialedAsync()).Refuse(ErrorReasons.Overloaded);
        await bench.Time.PassAsync(TimeSpan.FromMilliseconds(100));
        (await bench.Network.DialedAsync()).Refuse(ErrorReasons.TooManyConnections);
        await bench.Time.PassAsync(TimeSpan.FromMilliseconds(200));
        await bench.Network.WelcomedAsync();
        await using var client = await starting.Soon();
    }

    [Fact]
    public async Task A_certificate_that_does_not_verify_ends_connecting_at_once()
    {
        var starting = bench.StartAsync();
        (await bench.Network.DialedAsync()).Refuse(Fault.New(ErrorReasons.Unreachable, "certificate").Final());
        var failure = await Patience.FailureOf(starting);
        Assert.Equal(ErrorReasons.Unreachable, failure.Reason);
        Assert.False(failure.IsRetryable);
    }

    [Fact]
    public async Task The_connect_timeout_tells_of_the_last_attempt()
    {
        var starting = bench.StartAsync();
        (await bench.Network.DialedAsync()).Refuse(ErrorReasons.Unreachable, "nobody is there");
        await bench.Time.TimerAsync(TimeSpan.FromMilliseconds(50));
        bench.Time.Advance(TimeSpan.FromSeconds(30));
        var failure = await Patience.FailureOf(starting);
        Assert.Equal(ErrorReasons.Unreachable, failure.Reason);
        Assert.Contains("nobody is there", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_attempt_that_gets_no_welcome_ends_after_its_timeout()
    {
        var starting = bench.StartAsync();
        var peer = await bench.Network.DialedAsync();
        peer.Accept();
        await peer.Listened.Soon();
        await bench.Time.PassAsync(TimeSpan.FromSeconds(15));
        await peer.Aborted.Soon();
        await bench.Time.PassAsync(TimeSpan.FromMilliseconds(50));
        await bench.Network.WelcomedAsync();
        await using var client = await starting.Soon();
    }

    [Fact]
    public async Task Cancelling_throws_the_platforms_exception_with_the_SDKs_inside()
    {
        using var giveUp = new CancellationTokenSource();
        var starting = bench.StartAsync(cancellationToken: giveUp.Token);
        (await bench.Network.DialedAsync()).Refuse(ErrorReasons.Unreachable);
        await bench.Time.TimerAsync(TimeSpan.FromMilliseconds(50));
        await giveUp.CancelAsync();
        var cancelled = await Assert.ThrowsAsync<OperationCanceledException>(() => starting.Soon());
        var inner = Assert.IsType<FastPubSubException>(cancelled.InnerException);
        Assert.Equal(ErrorReasons.Canceled, inner.Reason);
        Assert.Equal(ErrorReasons.Unreachable, Assert.IsType<FastPubSubException>(inner.InnerException).Reason);
        Assert.Equal(giveUp.Token, cancelled.CancellationToken);
    }

    [Fact]
    public async Task SDK_7_a_lost_connection_is_resubscribed_before_CONNECTED_is_reported()
    {
        var (client, first) = await bench.ConnectedAsync();
        await using var a = await Bench.SubscribedAsync(client, first, "a.*", 1);
        await using var b = await Bench.SubscribedAsync(client, first, "b.*", 2);
        first.Cut();
        var lost = await bench.StateAsync();
        Assert.Equal(ConnectionState.Reconnecting, lost.State);
        Assert.Equal(ErrorReasons.ConnectionLost, lost.Cause?.Reason);
        await bench.Time.PassAsync(TimeSpan.FromMilliseconds(50));
        var second = await bench.Network.WelcomedAsync();
        await second.SubscribedAsync(11);
        var last = (await second.RequestAsync()).Subscribe;
        Assert.Equal(ConnectionState.Reconnecting, client.Status.State);
        second.Succeed(last.RequestId, 12);
        Assert.Equal(ConnectionState.Connected, (await bench.StateAsync()).State);
        second.Deliver(5, last.Pattern == "b.*" ? 12UL : 11UL);
        Assert.Equal(5UL, await new Reading(b).NumberAsync());
        await client.DisposeAsync().Soon();
    }

    [Fact]
    public async Task SDK_7_the_ceiling_starts_again_after_a_stable_connection()
    {
        var (client, first) = await bench.ConnectedAsync();
        first.Cut();
        await bench.Time.PassAsync(TimeSpan.FromMilliseconds(50));
        (await bench.Network.DialedAsync()).Refuse(ErrorReasons.Unreachable);
        await bench.Time.PassAsync(TimeSpan.FromMilliseconds(100));
        var second = await bench.Network.WelcomedAsync();
        await bench.StateAsync(ConnectionState.Connected);
        await bench.Time.TimerAsync(TimeSpan.FromSeconds(10));
        second.Cut(); // before that: the failures count on
        await bench.Time.PassAsync(TimeSpan.FromMilliseconds(200));
        var third = await bench.Network.WelcomedAsync();
        await bench.Time.PassAsync(TimeSpan.FromSeconds(10));
        third.Cut();
        await bench.Time.PassAsync(TimeSpan.FromMilliseconds(50));
        await bench.Network.WelcomedAsync();
        await client.DisposeAsync().Soon();
    }

    [Fact]
    public async Task SDK_7_a_final_reason_closes_the_client_with_the_cause()
    {
        var (client, peer) = await bench.ConnectedAsync();
        await using var subscription = await Bench.SubscribedAsync(client, peer, "a", 1);
        peer.Fail(0, ErrorReason.TokenRevoked, closes: true);
        peer.Cut();
        Assert.Equal(ErrorReasons.TokenRevoked, (await bench.StateAsync(ConnectionState.Closed)).Cause?.Reason);
        await client.Completion.Soon();
        Assert.Equal(ErrorReasons.TokenRevoked, (await new Reading(subscription).FailsAsync()).Reason);
        Assert.Equal(ErrorReasons.TokenRevoked, (await Patience.FailureOf(client.PublishAsync("t", "a", default))).Reason);
        Assert.Equal(ErrorReasons.TokenRevoked, (await Patience.FailureOf(client.SubscribeAsync("t", "a"))).Reason);
        Assert.Equal(ErrorReasons.TokenRevoked, (await Patience.FailureOf(client.PingAsync())).Reason);
    }

    [Fact]
    public async Task SDK_2_an_expired_fixed_token_closes_the_client()
    {
        var (client, peer) = await bench.ConnectedAsync();
        peer.Fail(0, ErrorReason.TokenExpired, closes: true);
        peer.Cut();
        await client.Completion.Soon();
        Assert.Equal(ErrorReasons.TokenExpired, client.Status.Cause?.Reason);
    }

    [Fact]
    public async Task SDK_2_a_source_is_asked_before_every_attempt()
    {
        var asked = 0;
        var source = TokenSource.FromCallback(_ => new ValueTask<string>($"AT_1_{++asked}"));
        var (client, peer) = await bench.ConnectedAsync(source);
        peer.Fail(0, ErrorReason.TokenExpired, closes: true);
        peer.Cut();
        await bench.Time.PassAsync(TimeSpan.FromMilliseconds(50));
        await bench.Network.WelcomedAsync();
        await bench.StateAsync(ConnectionState.Connected);
        Assert.Equal(["AT_1_1", "AT_1_2"], bench.Network.Tokens);
        await client.DisposeAsync().Soon();
    }

    [Fact]
    public async Task SDK_2_a_source_that_fails_is_asked_again_and_reported()
    {
        var asked = 0;
        var source = TokenSource.FromCallback(_ => ++asked == 1 ? throw new InvalidOperationException("no database") : new ValueTask<string>("AT_1_2"));
        var starting = bench.StartAsync(source);
        var failure = await bench.ErrorAsync();
        Assert.Equal(ErrorReasons.TokenSourceFailed, failure.Reason);
        Assert.Equal("no database", failure.InnerException?.Message);
        await bench.Time.PassAsync(TimeSpan.FromMilliseconds(50));
        await bench.Network.WelcomedAsync();
        await using var client = await starting.Soon();
    }

    [Fact]
    public async Task SDK_2_a_source_that_fails_for_good_ends_connecting()
    {
        var source = TokenSource.FromCallback(_ => throw new FastPubSubException(ErrorReasons.MasterTokenInvalid, "wrong"));
        var failure = await Patience.FailureOf(bench.StartAsync(source));
        Assert.Equal(ErrorReasons.TokenSourceFailed, failure.Reason);
        Assert.False(failure.IsRetryable);
    }

    [Theory]
    [InlineData("", ErrorReasons.TokenMissing)]
    [InlineData("AT_1_2\n", ErrorReasons.TokenInvalid)]
    public async Task A_token_that_cannot_travel_is_refused_before_anything_is_sent(string token, string reason)
    {
        Assert.Equal(reason, (await Patience.FailureOf(bench.StartAsync(TokenSource.Fixed(token)))).Reason);
        Assert.False(bench.Network.HasDial);
    }

    [Fact]
    public async Task A_silent_server_is_given_up_after_two_missed_pings()
    {
        var (client, peer) = await bench.ConnectedAsync();
        await client.PingAsync(TestContext.Current.CancellationToken).Soon();
        peer.AnswersPings = false;
        var interval = TimeSpan.FromSeconds(20);
        await bench.Time.PassAsync(interval); // something was heard before
        await peer.RequestAsync();
        await bench.Time.PassAsync(interval);
        await peer.RequestAsync();
        await bench.Time.PassAsync(interval);
        var lost = await bench.StateAsync(ConnectionState.Reconnecting);
        Assert.Contains("2 pings", lost.Cause?.Message, StringComparison.Ordinal);
        await client.DisposeAsync().Soon();
    }

    [Fact]
    public async Task SDK_13_the_round_trip_time_is_measured_with_a_ping()
    {
        var (client, peer) = await bench.ConnectedAsync();
        await client.PingAsync(TestContext.Current.CancellationToken).Soon();
        peer.AnswersPings = false;
        var pinging = client.PingAsync(TestContext.Current.CancellationToken);
        var ping = (await peer.RequestAsync()).Ping;
        bench.Time.Advance(TimeSpan.FromMilliseconds(3));
        peer.Succeed(ping.RequestId);
        Assert.Equal(TimeSpan.FromMilliseconds(3), await pinging.Soon());
        Assert.Equal(TimeSpan.FromMilliseconds(3), client.RoundTripTime);
        peer.AnswersPings = true;
        await client.DisposeAsync().Soon();
    }

    [Fact]
    public async Task What_is_no_frame_of_the_protocol_ends_the_connection()
    {
        var (client, peer) = await bench.ConnectedAsync();
        peer.SendRaw([0xff, 0xff]);
        Assert.Equal(ErrorReasons.ConnectionLost, (await bench.StateAsync(ConnectionState.Reconnecting)).Cause?.Reason);
        await peer.Aborted.Soon();
        await client.DisposeAsync().Soon();
    }

    [Fact]
    public async Task A_frame_that_only_a_newer_server_knows_is_read_over()
    {
        var (client, peer) = await bench.ConnectedAsync();
        peer.SendRaw([0xaa, 0x06, 0x01, 0x00]); // field 101
        await client.PingAsync(TestContext.Current.CancellationToken).Soon();
        await client.DisposeAsync().Soon();
    }
}
