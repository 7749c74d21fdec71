using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using FastPubSub.IntegrationTests.Servers;

namespace FastPubSub.Tests.Fakes;

/// <summary>What a server does when it has asked for a client certificate, or has not.</summary>
internal enum Afterwards
{
    /// <summary>It ends the connection.</summary>
    End,

    /// <summary>It resets the connection.</summary>
    Reset,

    /// <summary>It resets the connection before it has read what the client says to its part of the handshake.</summary>
    ResetInHandshake,
}

/// <summary>A server with the platform's TLS that may ask for a client certificate, which it then accepts or not.</summary>
internal sealed class AskingServer : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly X509Certificate2 identity;
    private readonly SslServerAuthenticationOptions options;
    private readonly Afterwards afterwards;
    private readonly byte[] word;
    private readonly Task serving;
    private int connections;

    /// <param name="authority">Issues the server's certificate, and is named to clients as the one that is to issue theirs.</param>
    /// <param name="protocol">The one version of TLS.</param>
    /// <param name="asks">Whether the server asks for a client certificate.</param>
    /// <param name="afterwards">What it does when it has said its word.</param>
    /// <param name="word">What it says when the handshake is over.</param>
    public AskingServer(Authority authority, SslProtocols protocol, bool asks, Afterwards afterwards, byte[]? word = null)
    {
        identity = authority.Issue();
        this.afterwards = afterwards;
        this.word = word ?? [];
        options = new()
        {
            EnabledSslProtocols = protocol,
            ApplicationProtocols = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11],
            ClientCertificateRequired = asks,
            ServerCertificateContext = SslStreamCertificateContext.Create(
                identity, null, offline: true, SslCertificateTrust.CreateForX509Collection(authority.Roots, sendTrustInHandshake: true)),
#pragma warning disable CA5359 // what becomes of the client is what the server does afterwards
            RemoteCertificateValidationCallback = (_, certificate, _, _) =>
            {
                Shown = certificate?.Issuer;
                return true;
            },
#pragma warning restore CA5359
        };
        listener.Start();
        Port = ((IPEndPoint)listener.LocalEndpoint).Port;
        serving = ServeAsync();
    }

    public int Port { get; }

    /// <summary>How many connections there were.</summary>
    public int Connections => Volatile.Read(ref connections);

    /// <summary>The issuer of the last certificate that a client showed; null: it showed none.</summary>
    public string? Shown { get; private set; }

    public async ValueTask DisposeAsync()
    {
        listener.Stop();
        await serving;
        identity.Dispose();
    }

    private async Task ServeAsync()
    {
        while (true)
        {
            try
            {
                using var client = await listener.AcceptSocketAsync();
                Interlocked.Increment(ref connections);
                await TalkAsync(client);
            }
            catch (Exception over) when (over is SocketException or ObjectDisposedException or InvalidOperationException)
            {
                return; // the listener has been stopped
            }
        }
    }

    private async Task TalkAsync(Socket client)
    {
        try
        {
            Stream stream = new NetworkStream(client);
            await using var tls = new SslStream(afterwards == Afterwards.ResetInHandshake ? new OneFlight(stream) : stream);
            await tls.AuthenticateAsServerAsync(options);
            await tls.WriteAsync(word);
            await EndAsync(client, reset: afterwards != Afterwards.End);
        }
        catch (Exception gone) when (gone is IOException or AuthenticationException or SocketException)
        {
            client.LingerState = new(true, 0);
        }
    }

    /// <summary>Ends the connection; what is closed before all has been read would be reset.</summary>
    private static async Task EndAsync(Socket client, bool reset)
    {
        if (reset)
        {
            client.Close(0);
            return;
        }

        client.Shutdown(SocketShutdown.Send);
        var rest = new byte[4096];
        while (await client.ReceiveAsync(rest) > 0)
        {
        }
    }

    /// <summary>Fails when the client has answered the first thing that was written.</summary>
    private sealed class OneFlight(Stream inner) : Stream
    {
        private bool written;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var count = await inner.ReadAsync(buffer, cancellationToken);
            return written ? throw new IOException("enough") : count;
        }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            written = true;
            return inner.WriteAsync(buffer, cancellationToken);
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush() => inner.Flush();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
