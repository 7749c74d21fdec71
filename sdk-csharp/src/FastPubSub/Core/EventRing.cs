namespace FastPubSub.Core;

/// <summary>
/// A queue that grows as needed and gives much memory back when it has become empty. Its owner locks.
/// </summary>
internal sealed class EventRing
{
    // Up to how many slots an emptied ring keeps for later.
    private const int Kept = 1024;

    private SubscriptionEvent?[] slots = []; // its length is 0 or a power of two
    private int head;

    public int Count { get; private set; }

    public void Push(SubscriptionEvent item)
    {
        if (Count == slots.Length)
        {
            Grow();
        }

        slots[(head + Count) & (slots.Length - 1)] = item;
        Count++;
    }

    /// <summary>Takes the oldest event; there must be one.</summary>
    public SubscriptionEvent Pop()
    {
        var item = slots[head]!;
        slots[head] = null;
        head = (head + 1) & (slots.Length - 1);
        if (--Count == 0 && slots.Length > Kept)
        {
            Clear();
        }

        return item;
    }

    public void Clear() => (slots, head, Count) = ([], 0, 0);

    private void Grow()
    {
        var larger = new SubscriptionEvent?[Math.Max(8, 2 * slots.Length)];
        var first = slots.Length - head;
        Array.Copy(slots, head, larger, 0, first);
        Array.Copy(slots, 0, larger, first, head);
        (slots, head) = (larger, 0);
    }
}
