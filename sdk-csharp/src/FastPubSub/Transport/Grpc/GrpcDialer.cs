using System.Net.Sockets;
using Grpc.Core;
using Grpc.Net.Client;

namespace FastPubSub.Transport;

/// <summary>Makes gRPC streams to one address, each over a connection of its own.</summary>
internal sealed class GrpcDialer(Endpoint endpoint, TlsOptions? tls) : IDialer
{
    // The longest frame that is read, in bytes; a server batches far below it.
    private const int ReadLimit = 64 << 20;

    /// <summary>A channel with connections of its own.</summary>
    public static GrpcChannel OpenChannel(Endpoint endpoint, TlsOptions? tls) => GrpcChannel.ForAddress(
        endpoint.ToUri(endpoint.IsSecure ? "https" : "http"),
        new GrpcChannelOptions
        {
            HttpHandler = HandlerFor(endpoint, tls),
            DisposeHttpClient = true,
            MaxReceiveMessageSize = ReadLimit,
            MaxSendMessageSize = null,
            MaxRetryAttempts = null,
            MaxRetryBufferSize = null,
        });

    public async Task<IConnection> DialAsync(string token, CancellationToken cancellationToken)
    {
        var channel = OpenChannel(endpoint, tls);
        var life = new CancellationTokenSource();
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
            throw GrpcStatus.DialFault(endpoint.Host, exception);
        }
    }

    /// <summary>
    /// A handler with the platform's way to connect where there is a proxy: gRPC would put its own in the place of that,
    /// which knows no proxies.
    /// </summary>
    private static SocketsHttpHandler HandlerFor(Endpoint endpoint, TlsOptions? tls)
    {
        var handler = HttpHandlers.Create(endpoint, tls);
        if (handler.UseProxy && !HttpClient.DefaultProxy.IsBypassed(endpoint.ToUri("https")))
        {
            handler.ConnectCallback = ConnectAsync;
        }

        return handler;
    }

    private static async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
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
