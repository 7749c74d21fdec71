using FastPubSub.Tests.Fakes;

namespace FastPubSub.Tests.Client;

/// <summary>Times that are longer than a timer of the platform can be are as good as any.</summary>
public class LongTimesTests
{
    private static readonly TimeSpan LongestTimer = TimeSpan.FromMilliseconds(uint.MaxValue - 1);

    private readonly Bench bench = new();

    [Fact]
    public async Task Every_option_may_be_very_long()
    {
        var (client, peer) = await bench.ConnectedAsync(change: options => options with
        {
            ConnectTimeout = TimeSpan.MaxValue,
            AttemptTimeout = TimeSpan.MaxValue,
            CloseTimeout = TimeSpan.MaxValue,
        });
        var publishing = client.PublishAsync("t", "a", default, new PublishOptions { Timeout = TimeSpan.MaxValue });
        await peer.PublishedAsync();
        await publishing.Soon();
        await client.CloseAsync(TestContext.Current.CancellationToken).Soon();
    }

    [Fact]
    public async Task SDK_7_the_back_off_may_be_very_long()
    {
        var always = new ReconnectOptions { Shortest = TimeSpan.MaxValue, Longest = TimeSpan.MaxValue };
        var starting = bench.StartAsync(change: options => options with { Reconnect = always, ConnectTimeout = Timeout.InfiniteTimeSpan });
        (await bench.Network.DialedAsync()).Refuse(ErrorReasons.Unreachable);
        await bench.Time.PassAsync(LongestTimer);
        await bench.Network.WelcomedAsync();
        await using var client = await starting.Soon();
    }

    [Fact]
    public async Task SDK_2_a_token_may_live_for_a_very_long_time()
    {
        var source = TokenSource.FromCallback(_ => new("AT_1_2"));
        var (client, peer) = await bench.ConnectedAsync(source, expiry: bench.Time.GetUtcNow().AddDays(1000));
        await bench.Time.PassAsync(LongestTimer);
        peer.Succeed((await peer.RequestAsync()).Authenticate.RequestId, expiry: bench.Time.GetUtcNow().AddDays(1000));
        await client.DisposeAsync().Soon();
    }

    [Fact]
    public async Task A_server_may_ask_for_pings_very_seldom()
    {
        var starting = bench.StartAsync();
        var peer = await bench.Network.DialedAsync();
        peer.Accept();
        peer.Welcome(keepAlive: TimeSpan.FromDays(365));
        await using var client = await starting.Soon();
        await bench.Time.TimerAsync(LongestTimer);
        Assert.Equal(ConnectionState.Connected, client.Status.State);
    }
}
