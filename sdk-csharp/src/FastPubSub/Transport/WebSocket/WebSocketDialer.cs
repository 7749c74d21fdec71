using System.Net.WebSockets;
using FastPubSub.Core;

namespace FastPubSub.Transport;

/// <summary>Makes WebSocket connections with the subprotocol fastpubsub.v1 to one address.</summary>
internal sealed class WebSocketDialer(Endpoint endpoint, TlsOptions? tls) : IDialer
{
    private const string Subprotocol = "fastpubsub.v1";

    public async Task<IConnection> DialAsync(string token, CancellationToken cancellationToken)
    {
        var handshake = new Handshake();
        var refusals = new RefusalReader(HttpHandlers.Create(endpoint, tls, handshake));
        var invoker = new HttpMessageInvoker(refusals);
        var socket = new ClientWebSocket();
        try
        {
            socket.Options.AddSubProtocol(Subprotocol);
            socket.Options.SetRequestHeader("Authorization", "Bearer " + token);
            socket.Options.SetRequestHeader("User-Agent", HttpHandlers.UserAgent);
            socket.Options.KeepAliveInterval = TimeSpan.Zero; // the session pings
            await socket.ConnectAsync(endpoint.ToUri(endpoint.Scheme), invoker, cancellationToken).ConfigureAwait(false);
            if (socket.SubProtocol != Subprotocol)
            {
                throw Fault.New(ErrorReasons.Unreachable, $"the server at {endpoint.Host} does not speak {Subprotocol}").Final().ToException();
            }

            return new WebSocketConnection(socket, invoker);
        }
        catch (Exception exception)
        {
            socket.Dispose();
            invoker.Dispose();
            throw refusals.Refusal?.ToException() ?? exception as FastPubSubException ?? Unreachable.Of(endpoint.Host, handshake, exception);
        }
    }
}
