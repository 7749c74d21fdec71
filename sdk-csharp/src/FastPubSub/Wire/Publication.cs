namespace FastPubSub.Wire;

/// <summary>One message to publish, its names already checked.</summary>
/// <param name="Tenant">Not empty.</param>
/// <param name="Channel">Without wildcards.</param>
/// <param name="Payload">The caller's memory.</param>
/// <param name="Mode">To whom it goes.</param>
internal readonly record struct Publication(string Tenant, string Channel, ReadOnlyMemory<byte> Payload, DeliveryMode Mode)
{
    /// <summary>The most bytes that a SessionRequest takes beyond the messages in its publish command: a tag and a length.</summary>
    public const int FrameOverhead = 1 + 5;

    // The tags of SessionRequest.publish, of PublishCommand.messages and of the fields of OutgoingMessage.
    private const uint TagPublish = (3 << 3) | (uint)WireKind.Bytes;
    private const uint TagOutgoing = (1 << 3) | (uint)WireKind.Bytes;
    private const uint TagRequestId = (1 << 3) | (uint)WireKind.Varint;
    private const uint TagTenant = (2 << 3) | (uint)WireKind.Bytes;
    private const uint TagChannel = (3 << 3) | (uint)WireKind.Bytes;
    private const uint TagPayload = (4 << 3) | (uint)WireKind.Bytes;
    private const uint TagMode = (5 << 3) | (uint)WireKind.Varint;

    /// <summary>How many bytes <see cref="AppendTo"/> will write.</summary>
    public int EncodedSize(ulong requestId)
    {
        var size = Size(requestId);
        return 1 + FrameBuffer.SizeOfVarint((ulong)size) + size;
    }

    /// <summary>Appends the message as one element of PublishCommand.messages, tag and length included.</summary>
    public void AppendTo(FrameBuffer buffer, ulong requestId)
    {
        buffer.AppendVarint(TagOutgoing);
        buffer.AppendVarint((ulong)Size(requestId));
        if (requestId != 0)
        {
            buffer.AppendVarint(TagRequestId);
            buffer.AppendVarint(requestId);
        }

        buffer.AppendVarint(TagTenant);
        buffer.AppendText(Tenant);
        buffer.AppendVarint(TagChannel);
        buffer.AppendText(Channel);
        if (!Payload.IsEmpty)
        {
            buffer.AppendVarint(TagPayload);
            buffer.AppendVarint((ulong)Payload.Length);
            buffer.Append(Payload.Span);
        }

        if (Mode != DeliveryMode.Broadcast)
        {
            buffer.AppendVarint(TagMode);
            buffer.AppendVarint((ulong)Mode);
        }
    }

    /// <summary>
    /// Completes a SessionRequest: the buffer has <see cref="FrameOverhead"/> free bytes and then messages. The result
    /// is the frame, which begins somewhere in those bytes.
    /// </summary>
    public static ReadOnlyMemory<byte> WithHeader(FrameBuffer buffer)
    {
        var size = (ulong)(buffer.Length - FrameOverhead);
        var start = FrameOverhead - 1 - FrameBuffer.SizeOfVarint(size);
        buffer.WriteVarint(start, TagPublish);
        buffer.WriteVarint(start + 1, size);
        return buffer.Written[start..];
    }

    private int Size(ulong requestId)
    {
        var size = 2 + SizeOfBytes(Tenant.Length) + SizeOfBytes(Channel.Length);
        if (requestId != 0)
        {
            size += 1 + FrameBuffer.SizeOfVarint(requestId);
        }

        if (!Payload.IsEmpty)
        {
            size += 1 + SizeOfBytes(Payload.Length);
        }

        return Mode == DeliveryMode.Broadcast ? size : size + 2;
    }

    private static int SizeOfBytes(int length) => FrameBuffer.SizeOfVarint((ulong)length) + length;
}
