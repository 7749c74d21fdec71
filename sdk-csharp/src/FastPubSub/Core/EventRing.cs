namespace FastPubSub.Core;

/// <summary>
/// A queue that grows as needed, and gives memory back, step by step, that it has not needed for a while. Its owner
/// locks.
/// </summary>
/// <param name="time">The clock.</param>
internal sealed class EventRing(TimeProvider time)
{
    // How many slots a ring keeps however little it is used.
    private const int Kept = 1024;

    // How long a ring must have been mostly unused before it gives half of its memory back. Under load a ring becomes
    // empty many times a second, between bursts of any size: it must not be made anew each time.
    private static readonly TimeSpan QuietTime = TimeSpan.FromSeconds(5);

    private SubscriptionEvent?[] slots = []; // its length is 0 or a power of two
    private int head;
    private int peak; // the most events since it was empty last
    private long? quiet; // since when it has been mostly unused whenever it became empty; null: it has not

    public int Count { get; private set; }

    /// <summary>How many events it holds without growing.</summary>
    public int Capacity => slots.Length;

    public void Push(SubscriptionEvent item)
    {
        if (Count == slots.Length)
        {
            Resize(Math.Max(8, 2 * slots.Length));
        }

        slots[(head + Count) & (slots.Length - 1)] = item;
        Count++;
        peak = Math.Max(peak, Count);
    }

    /// <summary>Takes the oldest event; there must be one.</summary>
    public SubscriptionEvent Pop()
    {
        var item = slots[head]!;
        slots[head] = null;
        head = (head + 1) & (slots.Length - 1);
        if (--Count == 0)
        {
            if (slots.Length > Kept)
            {
                GiveBack(mostlyUnused: peak < slots.Length / 4);
            }

            peak = 0;
        }

        return item;
    }

    public void Clear() => (slots, head, Count, peak, quiet) = ([], 0, 0, 0, null);

    /// <summary>Gives half of the memory back if the ring, which is empty, has been mostly unused for long enough.</summary>
    private void GiveBack(bool mostlyUnused)
    {
        var now = time.GetTimestamp();
        if (!mostlyUnused)
        {
            quiet = null;
        }
        else if (quiet is not { } since)
        {
            quiet = now;
        }
        else if (time.GetElapsedTime(since, now) >= QuietTime)
        {
            Resize(slots.Length / 2);
            quiet = now;
        }
    }

    /// <summary>Moves the events, which fit, into a ring of another length.</summary>
    private void Resize(int length)
    {
        var other = new SubscriptionEvent?[length];
        if (Count > 0)
        {
            var first = Math.Min(Count, slots.Length - head);
            Array.Copy(slots, head, other, 0, first);
            Array.Copy(slots, 0, other, first, Count - first);
        }

        (slots, head) = (other, 0);
    }
}
