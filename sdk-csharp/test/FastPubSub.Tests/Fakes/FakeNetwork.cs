using System.Threading.Channels;
using FastPubSub.Transport;

namespace FastPubSub.Tests.Fakes;

/// <summary>A network on which the test is every server.</summary>
internal sealed class FakeNetwork : IDialer
{
    private readonly Channel<FakePeer> dials = Channel.CreateUnbounded<FakePeer>();

    /// <summary>The token of every attempt to connect.</summary>
    public List<string> Tokens { get; } = [];

    public async Task<IConnection> DialAsync(string token, CancellationToken cancellationToken)
    {
        var peer = new FakePeer();
        lock (Tokens)
        {
            Tokens.Add(token);
        }

        dials.Writer.TryWrite(peer);
        return await peer.Accepted.WaitAsync(cancellationToken);
    }

    /// <summary>The next attempt to connect, which is neither accepted nor refused yet.</summary>
    public Task<FakePeer> DialedAsync() => dials.Reader.ReadAsync().Soon();

    /// <summary>Accepts the next attempt to connect, and welcomes it.</summary>
    public async Task<FakePeer> WelcomedAsync()
    {
        var peer = await DialedAsync();
        peer.Accept();
        peer.Welcome();
        return peer;
    }

    /// <summary>Whether somebody has tried to connect and was not looked at.</summary>
    public bool HasDial => dials.Reader.TryPeek(out _);
}
