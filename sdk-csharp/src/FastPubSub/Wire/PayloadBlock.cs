namespace FastPubSub.Wire;

/// <summary>
/// Copies payloads out of a frame, many into one allocation. A block is never longer than what the frame can still
/// fill, so that a message which comes alone shares its memory with nothing.
/// </summary>
internal struct PayloadBlock
{
    // How many bytes of payloads share one allocation at most: what a program pins that keeps one small payload of a
    // big frame.
    private const int BlockBytes = 4096;

    // From how many bytes on a payload gets an allocation of its own.
    private const int OwnBytes = 1024;

    private byte[] block;
    private int used;

    /// <summary>Copies a payload.</summary>
    /// <param name="payload">The payload in the frame.</param>
    /// <param name="remaining">How many bytes of payloads the frame can still hold, this one included.</param>
    public ReadOnlyMemory<byte> Copy(ReadOnlySpan<byte> payload, int remaining)
    {
        if (payload.IsEmpty)
        {
            return default;
        }

        if (payload.Length >= OwnBytes)
        {
            return payload.ToArray();
        }

        if (block is null || payload.Length > block.Length - used)
        {
            block = GC.AllocateUninitializedArray<byte>(Math.Min(BlockBytes, remaining));
            used = 0;
        }

        var copy = block.AsMemory(used, payload.Length);
        used += payload.Length;
        payload.CopyTo(copy.Span);
        return copy;
    }

    /// <summary>Ends a frame.</summary>
    public void Reset() => this = default;
}
