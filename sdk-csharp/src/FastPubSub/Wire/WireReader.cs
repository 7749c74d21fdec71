using System.Buffers.Binary;

namespace FastPubSub.Wire;

/// <summary>Reads protobuf from bytes. A method that is false leaves the reader unusable.</summary>
internal ref struct WireReader(ReadOnlySpan<byte> bytes)
{
    private const int MaxVarintBytes = 10;
    private const int MaxFieldNumber = (1 << 29) - 1;

    private ReadOnlySpan<byte> rest = bytes;

    public readonly bool IsAtEnd => rest.IsEmpty;

    /// <summary>How many bytes are left.</summary>
    public readonly int Left => rest.Length;

    public bool TryReadVarint(out ulong value)
    {
        if (!rest.IsEmpty && rest[0] < 0x80)
        {
            value = rest[0];
            rest = rest[1..];
            return true;
        }

        value = 0;
        for (var i = 0; i < rest.Length && i < MaxVarintBytes; i++)
        {
            var b = rest[i];
            value |= (ulong)(b & 0x7f) << (7 * i);
            if (b < 0x80)
            {
                rest = rest[(i + 1)..];
                return i < MaxVarintBytes - 1 || b <= 1;
            }
        }

        return false;
    }

    /// <summary>Reads a field's number and kind.</summary>
    public bool TryReadTag(out uint tag)
    {
        var ok = TryReadVarint(out var value) && value <= uint.MaxValue;
        tag = (uint)value;
        return ok && tag >> 3 is >= 1 and <= MaxFieldNumber;
    }

    public bool TryReadFixed64(out ulong value)
    {
        if (!BinaryPrimitives.TryReadUInt64LittleEndian(rest, out value))
        {
            return false;
        }

        rest = rest[sizeof(ulong)..];
        return true;
    }

    /// <summary>Reads bytes that their length stands before.</summary>
    public bool TryReadBytes(out ReadOnlySpan<byte> value)
    {
        if (!TryReadVarint(out var length) || length > (ulong)rest.Length)
        {
            value = default;
            return false;
        }

        value = rest[..(int)length];
        rest = rest[(int)length..];
        return true;
    }

    /// <summary>Reads over the value of a field.</summary>
    public bool TrySkip(uint tag) => (WireKind)(tag & 7) switch
    {
        WireKind.Varint => TryReadVarint(out _),
        WireKind.Fixed64 => TryReadFixed64(out _),
        WireKind.Bytes => TryReadBytes(out _),
        WireKind.StartGroup => TrySkipGroup(tag, 0),
        WireKind.Fixed32 => TryDrop(sizeof(uint)),
        _ => false,
    };

    private bool TryDrop(int count)
    {
        if (rest.Length < count)
        {
            return false;
        }

        rest = rest[count..];
        return true;
    }

    private bool TrySkipGroup(uint start, int depth)
    {
        const int maxDepth = 100; // as in protobuf's own readers
        while (depth < maxDepth && TryReadTag(out var tag))
        {
            switch ((WireKind)(tag & 7))
            {
                case WireKind.EndGroup:
                    return tag >> 3 == start >> 3;
                case WireKind.StartGroup when !TrySkipGroup(tag, depth + 1):
                    return false;
                case WireKind.StartGroup:
                    break;
                default:
                    if (!TrySkip(tag))
                    {
                        return false;
                    }

                    break;
            }
        }

        return false;
    }
}
