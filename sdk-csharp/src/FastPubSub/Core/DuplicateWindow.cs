namespace FastPubSub.Core;

/// <summary>
/// Remembers the ids of messages that have been delivered, so that a message which comes over two connections is
/// delivered once (SDK-9). While it is armed it can be asked. Its owner locks.
/// </summary>
internal sealed class DuplicateWindow
{
    // An unarmed window is there so that one which is armed after a connection broke already knows what came just
    // before: 64 KiB. An armed one grows as far as half a second at 500,000 messages a second needs.
    private const int UnarmedSize = 1 << 12;
    private const int ArmedSize = 1 << 18;

    private MessageId[] ids = []; // a ring
    private int count;
    private int oldest;
    private HashSet<MessageId>? set; // null: not armed

    public bool IsArmed => set is not null;

    private int Limit => set is null ? UnarmedSize : ArmedSize;

    /// <summary>Remembers an id and, when the window is full, forgets the oldest.</summary>
    public void Add(MessageId id)
    {
        set?.Add(id);
        if (count < Limit)
        {
            Grow();
            ids[count++] = id;
            return;
        }

        set?.Remove(ids[oldest]);
        ids[oldest] = id;
        if (++oldest == count)
        {
            oldest = 0;
        }
    }

    /// <summary>Whether the id is remembered; always false while not armed.</summary>
    public bool Contains(MessageId id) => set is not null && set.Contains(id);

    /// <summary>Makes it possible to ask, also for the ids that are remembered already.</summary>
    public void Arm()
    {
        if (set is null)
        {
            Unroll(count);
            set = [.. ids.AsSpan(0, count)];
        }
    }

    /// <summary>Ends asking and forgets all but the newest ids.</summary>
    public void Disarm()
    {
        Unroll(Math.Min(count, UnarmedSize));
        set = null;
    }

    private void Grow()
    {
        if (count == ids.Length)
        {
            Array.Resize(ref ids, Math.Min(Limit, Math.Max(64, 2 * count)));
        }
    }

    /// <summary>Keeps the newest ids, the oldest of them first.</summary>
    private void Unroll(int keep)
    {
        if (oldest == 0 && keep == count)
        {
            return;
        }

        var newest = new MessageId[keep];
        for (var i = 0; i < keep; i++)
        {
            newest[i] = ids[(oldest + count - keep + i) % count];
        }

        (ids, count, oldest) = (newest, keep, 0);
    }
}
