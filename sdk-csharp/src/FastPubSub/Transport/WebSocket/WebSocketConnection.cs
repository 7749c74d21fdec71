using System.Net.WebSockets;
using FastPubSub.Core;

namespace FastPubSub.Transport;

/// <summary>One WebSocket connection: one frame in one binary message.</summary>
internal sealed class WebSocketConnection(ClientWebSocket socket, HttpMessageInvoker invoker) : IConnection
{
    // The longest frame that is read, in bytes; a server batches far below it.
    private const int ReadLimit = 64 << 20;

    // The size of the read buffer in the beginning, and up to which it is kept for the next frame.
    private const int BufferStart = 32 << 10;
    private const int BufferKept = 1 << 20;

    // How long the answer to the peer's close may take.
    private static readonly TimeSpan ClosingTime = TimeSpan.FromSeconds(1);

    private byte[] buffer = new byte[BufferStart];

    public async ValueTask SendAsync(ReadOnlyMemory<byte> frame)
    {
        try
        {
            await socket.SendAsync(frame, WebSocketMessageType.Binary, endOfMessage: true, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            throw WebSocketClosing.Broken(exception).ToException();
        }
    }

    public async ValueTask<ReadOnlyMemory<byte>> ReceiveAsync()
    {
        if (buffer.Length > BufferKept)
        {
            buffer = new byte[BufferStart];
        }

        try
        {
            var length = 0;
            while (true)
            {
                var part = await socket.ReceiveAsync(buffer.AsMemory(length), CancellationToken.None).ConfigureAwait(false);
                length += part.Count;
                if (part.MessageType != WebSocketMessageType.Binary)
                {
                    break;
                }

                if (part.EndOfMessage)
                {
                    return buffer.AsMemory(0, length);
                }

                MakeRoom(length);
            }
        }
        catch (Exception exception) when (exception is not FastPubSubException)
        {
            throw WebSocketClosing.Broken(exception).ToException();
        }

        throw await EndAsync().ConfigureAwait(false);
    }

    public async ValueTask CloseAsync()
    {
        try
        {
            await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            throw WebSocketClosing.Broken(exception).ToException();
        }
    }

    public void Abort()
    {
        socket.Abort();
        invoker.Dispose();
    }

    private void MakeRoom(int length)
    {
        if (length >= ReadLimit)
        {
            throw Fault.New(ErrorReasons.ConnectionLost, $"the server sent a frame of more than {ReadLimit} bytes").ToException();
        }

        if (length == buffer.Length)
        {
            Array.Resize(ref buffer, 2 * length);
        }
    }

    /// <summary>Says why the peer closed, or that it sent text, and answers its close.</summary>
    private async Task<FastPubSubException> EndAsync()
    {
        if (socket.CloseStatus is not { } code)
        {
            return Fault.New(ErrorReasons.ConnectionLost, "the server sent a text message, which is not part of the protocol").ToException();
        }

        try
        {
            if (socket.State == WebSocketState.CloseReceived)
            {
                await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None)
                    .WaitAsync(ClosingTime).ConfigureAwait(false);
            }
        }
        catch (Exception exception) when (exception is WebSocketException or TimeoutException or ObjectDisposedException or OperationCanceledException or InvalidOperationException)
        {
            // The peer is gone already; what it said counts.
        }

        return WebSocketClosing.Of(code, socket.CloseStatusDescription).ToException();
    }
}
