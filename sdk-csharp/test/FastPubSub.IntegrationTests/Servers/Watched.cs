using System.Threading.Channels;

namespace FastPubSub.IntegrationTests.Servers;

/// <summary>A client together with what it tells its application.</summary>
internal sealed class Watched : IAsyncDisposable
{
    private readonly Channel<ConnectionStatus> states = Channel.CreateUnbounded<ConnectionStatus>();
    private readonly Channel<FastPubSubException> errors = Channel.CreateUnbounded<FastPubSubException>();

    private Watched()
    {
    }

    public FastPubSubClient Client { get; private set; } = null!;

    public static Task<Watched> ConnectAsync(string url, string token, TlsOptions? tls = null) =>
        ConnectAsync(url, TokenSource.Fixed(token), tls);

    public static async Task<Watched> ConnectAsync(string url, TokenSource source, TlsOptions? tls = null)
    {
        var watched = new Watched();
        watched.Client = await FastPubSubClient.ConnectAsync(new FastPubSubClientOptions
        {
            Url = url,
            TokenSource = source,
            Tls = tls,
            ConnectTimeout = Timeout.InfiniteTimeSpan,
            OnStateChanged = status => watched.states.Writer.TryWrite(status),
            OnError = failure => watched.errors.Writer.TryWrite(failure),
        }).Soon();
        Assert.Equal(ConnectionState.Connecting, (await watched.StateAsync()).State);
        Assert.Equal(ConnectionState.Connected, (await watched.StateAsync()).State);
        return watched;
    }

    public Task<ConnectionStatus> StateAsync() => states.Reader.ReadAsync().Soon();

    public Task<FastPubSubException> ErrorAsync() => errors.Reader.ReadAsync().Soon();

    /// <summary>Whether there was a change of the state that nobody has looked at.</summary>
    public bool HasState => states.Reader.TryPeek(out _);

    public ValueTask DisposeAsync() => Client.DisposeAsync();
}
