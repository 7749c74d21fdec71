using System.Text;

namespace FastPubSub.Wire;

/// <summary>A growing buffer that protobuf is written into. It keeps its memory when it is cleared.</summary>
internal sealed class FrameBuffer(int capacity)
{
    private byte[] bytes = new byte[capacity];

    public int Length { get; private set; }

    public int Capacity => bytes.Length;

    public ReadOnlyMemory<byte> Written => bytes.AsMemory(0, Length);

    public static int SizeOfVarint(ulong value) => (int)(((uint)(63 - System.Numerics.BitOperations.LeadingZeroCount(value | 1)) / 7) + 1);

    public ReadOnlySpan<byte> Slice(int start, int length) => bytes.AsSpan(start, length);

    public void Clear() => Length = 0;

    public void Append(ReadOnlySpan<byte> more)
    {
        more.CopyTo(Reserve(more.Length));
        Length += more.Length;
    }

    public void AppendVarint(ulong value)
    {
        var size = SizeOfVarint(value);
        Reserve(size);
        WriteVarint(Length, value);
        Length += size;
    }

    /// <summary>Overwrites bytes that are there already.</summary>
    public void WriteVarint(int at, ulong value)
    {
        for (; value >= 0x80; value >>= 7)
        {
            bytes[at++] = (byte)(value | 0x80);
        }

        bytes[at] = (byte)value;
    }

    /// <summary>Appends ASCII with its length before it.</summary>
    public void AppendText(string ascii)
    {
        AppendVarint((ulong)ascii.Length);
        Length += Encoding.ASCII.GetBytes(ascii, Reserve(ascii.Length));
    }

    private Span<byte> Reserve(int count)
    {
        if (bytes.Length - Length < count)
        {
            Array.Resize(ref bytes, Math.Max(2 * bytes.Length, Length + count));
        }

        return bytes.AsSpan(Length);
    }
}
