using System.Net.Sockets;
using Grpc.Core;
using Grpc.Net.Client;

namespace FastPubSub.Transport;

/// <summary>Makes gRPC streams to one address, each over a connection of its own.</summary>
internal sealed class GrpcDialer(Endpoint endpoint, TlsOptions? tls) : IDialer
{
    // The longest frame that is read, in bytes; a server batches far below it.
    private const int ReadLimit = 64 << 20;

    /// <summary>A channel with connections of its own, each of which is cut when the token is cancelled.</summary>
    public static GrpcChannel OpenChannel(
        Endpoint endpoint, TlsOptions? tls, Handshake handshake, CancellationToken life) => GrpcChannel.ForAddress(
        endpoint.ToUri(endpoint.IsSecure ? "https" : "http"),
        new GrpcChannelOptions
        {
            HttpHandler = HandlerFor(endpoint, tls, handshake, life),
            DisposeHttpClient = true,
            MaxReceiveMessageSize = ReadLimit,
            MaxSendMessageSize = null,
            MaxRetryAttempts = null,
            MaxRetryBufferSize = null,
        });

    public async Task<IConnection> DialAsync(string token, CancellationToken cancellationToken)
    {
        var life = new CancellationTokenSource();
        var handshake = new Handshake();
        var channel = OpenChannel(endpoint, tls, handshake, life.Token);
        var frame = new IncomingFrame();
        AsyncDuplexStreamingCall<OutgoingFrame, IncomingFrame>? call = null;
        try
        {
            var metadata = new Metadata { { "authorization", "Bearer " + token }, { "user-agent", HttpHandlers.UserAgent } };
            call = channel.CreateCallInvoker().AsyncDuplexStreamingCall(
                SessionMethod.Into(frame), null, new CallOptions(metadata, cancellationToken: life.Token));
            await call.ResponseHeadersAsync.WaitAsync(cancellationToken).ConfigureAwait(false);
            return new GrpcConnection(channel, call, life);
        }
        catch (Exception exception)
        {
            _ = Task.Run(() => GrpcConnection.Cut(channel, call, life), CancellationToken.None); // nobody waits for it
            throw GrpcStatus.DialFault(endpoint.Host, handshake, exception);
        }
    }

    /// <summary>
    /// A handler that connects by itself: otherwise gRPC would do it, which knows no proxies, and which leaves a
    /// connection open that comes about while its channel is disposed of.
    /// </summary>
    private static SocketsHttpHandler HandlerFor(Endpoint endpoint, TlsOptions? tls, Handshake handshake, CancellationToken life)
    {
        var handler = HttpHandlers.Create(endpoint, tls, handshake);
        handler.ConnectCallback = (context, cancellationToken) => ConnectAsync(context, life, cancellationToken);
        return handler;
    }

    private static async ValueTask<Stream> ConnectAsync(
        SocketsHttpConnectionContext context, CancellationToken life, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        life.UnsafeRegister(static socket => ((Socket)socket!).Dispose(), socket); // whoever has it then
        try
        {
            await socket.ConnectAsync(context.DnsEndPoint, cancellationToken).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
