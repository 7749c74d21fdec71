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
            HttpHandler = HttpHandlers.Create(endpoint, tls),
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
}
