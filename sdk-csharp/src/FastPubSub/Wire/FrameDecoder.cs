using Google.Protobuf;
using Contract = FastPubSub.V1;

namespace FastPubSub.Wire;

/// <summary>
/// Reads the frames of one connection. Deliveries, the frames that come by the million, are read by hand straight from
/// the bytes; everything else goes through the generated types. For one task.
/// </summary>
internal sealed class FrameDecoder
{
    // The numbers of the fields of SessionResponse that carry an event.
    private const uint FirstEvent = 1;
    private const uint DeliveriesEvent = 4;
    private const uint LastEvent = 7;

    private readonly DeliveryDecoder deliveries = new();

    /// <summary>
    /// Reads one encoded SessionResponse. The frame may be reused afterwards; the batch is valid until the next call.
    /// An event that only a newer server knows gives neither a batch nor a response.
    /// </summary>
    /// <returns>False when this is no SessionResponse.</returns>
    public bool TryDecode(ReadOnlyMemory<byte> frame, out DeliveryBatch? batch, out Contract.SessionResponse? response)
    {
        batch = null;
        response = null;
        if (!TryScan(frame.Span, out var onlyDeliveries))
        {
            return false;
        }

        if (onlyDeliveries)
        {
            batch = deliveries.Batch;
            return TryDecodeDeliveries(frame.Span);
        }

        if (!TryParse(frame, out response))
        {
            return false;
        }

        switch (response!.EventCase)
        {
            case Contract.SessionResponse.EventOneofCase.None:
                response = null;
                return true;
            case Contract.SessionResponse.EventOneofCase.Deliveries:
                // Beside another event, of which the last counts.
                batch = deliveries.Batch;
                var encoded = response.Deliveries.ToByteArray();
                response = null;
                deliveries.Batch.Reset();
                return deliveries.TryAppend(encoded);
            default:
                return true;
        }
    }

    private static bool TryParse(ReadOnlyMemory<byte> frame, out Contract.SessionResponse? response)
    {
        try
        {
            response = Contract.SessionResponse.Parser.ParseFrom(frame.Span);
            return true;
        }
        catch (InvalidProtocolBufferException)
        {
            response = null;
            return false;
        }
    }

    /// <summary>Whether every event field of the frame is deliveries.</summary>
    private static bool TryScan(ReadOnlySpan<byte> frame, out bool onlyDeliveries)
    {
        const uint tagDeliveries = (DeliveriesEvent << 3) | (uint)WireKind.Bytes;
        onlyDeliveries = false;
        var found = false;
        var other = false;
        var reader = new WireReader(frame);
        while (!reader.IsAtEnd)
        {
            if (!reader.TryReadTag(out var tag) || !reader.TrySkip(tag))
            {
                return false;
            }

            found |= tag == tagDeliveries;
            other |= tag != tagDeliveries && tag >> 3 is >= FirstEvent and <= LastEvent;
        }

        onlyDeliveries = found && !other;
        return true;
    }

    private bool TryDecodeDeliveries(ReadOnlySpan<byte> frame)
    {
        deliveries.Batch.Reset();
        var reader = new WireReader(frame);
        while (!reader.IsAtEnd)
        {
            reader.TryReadTag(out var tag);
            if (tag >> 3 != DeliveriesEvent)
            {
                reader.TrySkip(tag);
            }
            else if (!reader.TryReadBytes(out var encoded) || !deliveries.TryAppend(encoded))
            {
                return false;
            }
        }

        return true;
    }
}
