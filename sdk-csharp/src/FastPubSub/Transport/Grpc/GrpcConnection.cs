using FastPubSub.Core;
using Grpc.Core;
using Grpc.Net.Client;

namespace FastPubSub.Transport;

/// <summary>One stream with its connection.</summary>
internal sealed class GrpcConnection(
    GrpcChannel channel,
    AsyncDuplexStreamingCall<OutgoingFrame, IncomingFrame> call,
    CancellationTokenSource life) : IConnection
{
    private readonly OutgoingFrame outgoing = new();
    private int aborted;

    public async ValueTask SendAsync(ReadOnlyMemory<byte> frame)
    {
        try
        {
            outgoing.Bytes = frame;
            await call.RequestStream.WriteAsync(outgoing).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            throw GrpcStatus.FaultOf(exception).ToException();
        }
    }

    public async ValueTask<ReadOnlyMemory<byte>> ReceiveAsync()
    {
        try
        {
            if (await call.ResponseStream.MoveNext(CancellationToken.None).ConfigureAwait(false))
            {
                return call.ResponseStream.Current.Bytes;
            }
        }
        catch (Exception exception)
        {
            throw GrpcStatus.FaultOf(exception).ToException();
        }

        throw Fault.New(ErrorReasons.ConnectionLost, "the server closed the stream").ToException();
    }

    public async ValueTask CloseAsync()
    {
        try
        {
            await call.RequestStream.CompleteAsync().ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            throw GrpcStatus.FaultOf(exception).ToException();
        }
    }

    public void Abort()
    {
        if (Interlocked.Exchange(ref aborted, 1) == 0)
        {
            Cut(channel, call, life);
        }
    }

    /// <summary>Gives up a call and its channel; a step that fails does not keep the others from being done.</summary>
    public static void Cut(GrpcChannel channel, AsyncDuplexStreamingCall<OutgoingFrame, IncomingFrame>? call, CancellationTokenSource life)
    {
        try
        {
            life.Cancel();
        }
        finally
        {
            try
            {
                call?.Dispose();
            }
            finally
            {
                channel.Dispose();
            }
        }
    }
}
