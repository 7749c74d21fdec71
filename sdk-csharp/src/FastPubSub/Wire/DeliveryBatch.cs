namespace FastPubSub.Wire;

/// <summary>
/// The deliveries of one frame, in order, each with the handles of the patterns that matched. The decoder owns it and
/// reuses it for the next frame; the messages may be kept.
/// </summary>
internal sealed class DeliveryBatch
{
    // Up to how many slots an emptied batch keeps for later.
    private const int Kept = 4096;

    private Message[] messages = new Message[16];
    private int[] ends = new int[16]; // ends[i] is where the handles of message i end
    private ulong[] handles = new ulong[16];
    private int handleCount;

    public int Count { get; private set; }

    public Message MessageAt(int index) => messages[index];

    /// <summary>The handles of the patterns that a message matched, valid until the next frame.</summary>
    public ReadOnlySpan<ulong> HandlesAt(int index)
    {
        var start = index == 0 ? 0 : ends[index - 1];
        return handles.AsSpan(start, ends[index] - start);
    }

    /// <summary>Empties the batch and lets go of its messages.</summary>
    public void Reset()
    {
        if (messages.Length > Kept)
        {
            (messages, ends) = (new Message[16], new int[16]);
        }

        Array.Clear(messages, 0, Math.Min(Count, messages.Length));
        Count = 0;
        handleCount = 0;
    }

    /// <summary>Adds a handle of the message that is added next.</summary>
    public void AddHandle(ulong handle)
    {
        if (handleCount == handles.Length)
        {
            Array.Resize(ref handles, 2 * handleCount);
        }

        handles[handleCount++] = handle;
    }

    public void Add(Message message)
    {
        if (Count == messages.Length)
        {
            Array.Resize(ref messages, 2 * Count);
            Array.Resize(ref ends, 2 * Count);
        }

        messages[Count] = message;
        ends[Count++] = handleCount;
    }
}
