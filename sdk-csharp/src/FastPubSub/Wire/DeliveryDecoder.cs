namespace FastPubSub.Wire;

/// <summary>
/// Reads encoded Deliveries into a batch, without an allocation beyond the messages themselves. For one task.
/// </summary>
internal sealed class DeliveryDecoder
{
    // How many names a connection remembers; powers of two. Most connections see few tenants.
    private const int TenantSlots = 16;
    private const int ChannelSlots = 1024;

    // The tags of Deliveries.messages and of the fields of Delivery.
    private const uint TagMessages = (1 << 3) | (uint)WireKind.Bytes;
    private const uint TagIdOrigin = (1 << 3) | (uint)WireKind.Fixed64;
    private const uint TagIdSequence = (2 << 3) | (uint)WireKind.Fixed64;
    private const uint TagPublishedAt = (3 << 3) | (uint)WireKind.Fixed64;
    private const uint TagTenant = (4 << 3) | (uint)WireKind.Bytes;
    private const uint TagChannel = (5 << 3) | (uint)WireKind.Bytes;
    private const uint TagPayload = (6 << 3) | (uint)WireKind.Bytes;
    private const uint TagHandles = (7 << 3) | (uint)WireKind.Bytes; // packed
    private const uint TagHandle = (7 << 3) | (uint)WireKind.Varint;

    private readonly TextTable tenants = new(TenantSlots);
    private readonly TextTable channels = new(ChannelSlots);
    private PayloadBlock payloads;

    /// <summary>What has been read since its last reset.</summary>
    public DeliveryBatch Batch { get; } = new();

    /// <summary>Appends the messages of one encoded Deliveries to the batch.</summary>
    /// <returns>False when it cannot be read.</returns>
    public bool TryAppend(ReadOnlySpan<byte> encoded)
    {
        var reader = new WireReader(encoded);
        while (!reader.IsAtEnd)
        {
            var remaining = reader.Left;
            if (!reader.TryReadTag(out var tag))
            {
                return false;
            }

            if (tag != TagMessages)
            {
                if (!reader.TrySkip(tag))
                {
                    return false;
                }
            }
            else if (!reader.TryReadBytes(out var message) || !TryAppendMessage(message, remaining))
            {
                return false;
            }
        }

        payloads.Reset();
        return true;
    }

    private bool TryAppendMessage(ReadOnlySpan<byte> encoded, int remaining)
    {
        var fields = default(Fields);
        var tenant = string.Empty;
        var channel = string.Empty;
        ReadOnlySpan<byte> payload = default;
        var reader = new WireReader(encoded);
        while (!reader.IsAtEnd)
        {
            if (!reader.TryReadTag(out var tag))
            {
                return false;
            }

            var ok = tag switch
            {
                TagPayload => reader.TryReadBytes(out payload),
                TagTenant => TryReadText(ref reader, tenants, ref tenant),
                TagChannel => TryReadText(ref reader, channels, ref channel),
                _ => TryReadNumbers(ref reader, tag, ref fields),
            };
            if (!ok)
            {
                return false;
            }
        }

        Batch.Add(new Message(
            tenant, channel, payloads.Copy(payload, remaining), new MessageId(fields.Origin, fields.Sequence), (long)fields.PublishedAt));
        return true;
    }

    private bool TryReadNumbers(ref WireReader reader, uint tag, ref Fields fields)
    {
        switch (tag)
        {
            case TagIdOrigin:
                return reader.TryReadFixed64(out fields.Origin);
            case TagIdSequence:
                return reader.TryReadFixed64(out fields.Sequence);
            case TagPublishedAt:
                return reader.TryReadFixed64(out fields.PublishedAt);
            case TagHandles:
                return TryReadPackedHandles(ref reader);
            case TagHandle:
                var ok = reader.TryReadVarint(out var handle);
                Batch.AddHandle(handle);
                return ok;
            default:
                return reader.TrySkip(tag);
        }
    }

    private static bool TryReadText(ref WireReader reader, TextTable table, ref string text)
    {
        if (!reader.TryReadBytes(out var utf8) || table.Get(utf8) is not { } read)
        {
            return false;
        }

        text = read;
        return true;
    }

    private bool TryReadPackedHandles(ref WireReader reader)
    {
        if (!reader.TryReadBytes(out var packed))
        {
            return false;
        }

        var handles = new WireReader(packed);
        while (!handles.IsAtEnd)
        {
            if (!handles.TryReadVarint(out var handle))
            {
                return false;
            }

            Batch.AddHandle(handle);
        }

        return true;
    }

    private struct Fields
    {
        public ulong Origin;
        public ulong Sequence;
        public ulong PublishedAt;
    }
}
