using System.Buffers;
using Grpc.Core;

namespace FastPubSub.Transport;

/// <summary>An encoded SessionRequest; the memory is the caller's.</summary>
internal sealed class OutgoingFrame
{
    public ReadOnlyMemory<byte> Bytes { get; set; }
}

/// <summary>An encoded SessionResponse; its memory is reused for the next one.</summary>
internal sealed class IncomingFrame
{
    // Up to how many bytes of memory are kept for the next frame.
    private const int Kept = 1 << 20;

    private byte[] memory = [];
    private int length;

    public ReadOnlyMemory<byte> Bytes => memory.AsMemory(0, length);

    public void Fill(ReadOnlySequence<byte> payload)
    {
        length = (int)payload.Length;
        if (memory.Length < length || memory.Length > Kept)
        {
            memory = new byte[Math.Max(length, 4096)];
        }

        payload.CopyTo(memory);
    }
}

/// <summary>The method Session, whose messages stay encoded. On the wire it is protobuf.</summary>
internal static class SessionMethod
{
    /// <summary>The method for one connection, which receives into one frame.</summary>
    public static Method<OutgoingFrame, IncomingFrame> Into(IncomingFrame frame) => new(
        MethodType.DuplexStreaming,
        "fastpubsub.v1.PubSubService",
        "Session",
        Marshallers.Create<OutgoingFrame>(Write, static _ => throw new NotSupportedException()),
        Marshallers.Create<IncomingFrame>(
            static (_, _) => throw new NotSupportedException(),
            context =>
            {
                frame.Fill(context.PayloadAsReadOnlySequence());
                return frame;
            }));

    private static void Write(OutgoingFrame frame, SerializationContext context)
    {
        context.SetPayloadLength(frame.Bytes.Length);
        context.GetBufferWriter().Write(frame.Bytes.Span);
        context.Complete();
    }
}
