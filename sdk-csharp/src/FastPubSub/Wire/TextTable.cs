using System.Buffers.Binary;
using System.Text;
using System.Text.Unicode;

namespace FastPubSub.Wire;

/// <summary>
/// One text for each hash slot: a bounded memory of the names that come again and again. A name that is not in it
/// costs one allocation. For one task.
/// </summary>
/// <param name="slots">A power of two.</param>
internal sealed class TextTable(int slots)
{
    private readonly string[] texts = new string[slots];

    /// <summary>The text of some UTF-8; null when it is none.</summary>
    public string? Get(ReadOnlySpan<byte> utf8)
    {
        ref var slot = ref texts[HashOf(utf8) & (uint)(texts.Length - 1)];
        if (slot is not null && slot.Length == utf8.Length && Ascii.Equals(utf8, slot))
        {
            return slot;
        }

        return Utf8.IsValid(utf8) ? slot = Encoding.UTF8.GetString(utf8) : null;
    }

    // Only spreads; an unlucky name costs an allocation, nothing else.
    private static uint HashOf(ReadOnlySpan<byte> utf8)
    {
        const ulong factor = 0x9E3779B97F4A7C15;
        var hash = (ulong)utf8.Length;
        while (utf8.Length >= sizeof(ulong))
        {
            hash = (hash ^ BinaryPrimitives.ReadUInt64LittleEndian(utf8)) * factor;
            hash ^= hash >> 32;
            utf8 = utf8[sizeof(ulong)..];
        }

        foreach (var b in utf8)
        {
            hash = (hash ^ b) * factor;
        }

        return (uint)(hash >> 32);
    }
}
