using System.Threading.Channels;

namespace FastPubSub.Tests.Fakes;

/// <summary>A client with fake time on a fake network, and what it tells its application.</summary>
internal sealed class Bench
{
    private readonly Channel<ConnectionStatus> states = Channel.CreateUnbounded<ConnectionStatus>();
    private readonly Channel<FastPubSubException> errors = Channel.CreateUnbounded<FastPubSubException>();

    public ManualTime Time { get; } = new();

    public FakeNetwork Network { get; } = new();

    public Task<ConnectionStatus> StateAsync() => states.Reader.ReadAsync().Soon();

    public Task<FastPubSubException> ErrorAsync() => errors.Reader.ReadAsync().Soon();

    /// <summary>Waits for a state; others may come before.</summary>
    public async Task<ConnectionStatus> StateAsync(ConnectionState state)
    {
        while (true)
        {
            var next = await StateAsync();
            if (next.State == state)
            {
                return next;
            }
        }
    }

    /// <summary>Starts to connect. The jitter is a half: a wait is half its ceiling.</summary>
    public Task<FastPubSubClient> StartAsync(
        TokenSource? source = null, Func<FastPubSubClientOptions, FastPubSubClientOptions>? change = null, CancellationToken cancellationToken = default)
    {
        var options = new FastPubSubClientOptions
        {
            Url = "ws://server.test",
            TokenSource = source ?? TokenSource.Fixed("AT_1_2"),
            OnStateChanged = status => states.Writer.TryWrite(status),
            OnError = failure => errors.Writer.TryWrite(failure),
            TimeProvider = Time,
        };
        return FastPubSubClient.ConnectAsync(change?.Invoke(options) ?? options, Network, () => 0.5, cancellationToken);
    }

    /// <summary>A connected client and its server.</summary>
    public async Task<(FastPubSubClient Client, FakePeer Peer)> ConnectedAsync(
        TokenSource? source = null, DateTimeOffset? expiry = null, Func<FastPubSubClientOptions, FastPubSubClientOptions>? change = null)
    {
        var starting = StartAsync(source, change);
        var peer = await Network.DialedAsync();
        peer.Accept();
        peer.Welcome(expiry: expiry);
        var client = await starting.Soon();
        Assert.Equal(ConnectionState.Connecting, (await StateAsync()).State);
        Assert.Equal(ConnectionState.Connected, (await StateAsync()).State);
        await Time.TimerAsync(TimeSpan.FromSeconds(10)); // from then on the connection counts as stable
        return (client, peer);
    }

    /// <summary>Subscribes, and acknowledges it at the server.</summary>
    public static async Task<Subscription> SubscribedAsync(
        FastPubSubClient client, FakePeer peer, string pattern, ulong handle, SubscriptionOptions? options = null)
    {
        var subscribing = client.SubscribeAsync("t", pattern, options);
        await peer.SubscribedAsync(handle);
        return await subscribing.Soon();
    }
}
