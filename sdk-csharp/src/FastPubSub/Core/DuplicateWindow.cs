using System.Diagnostics.CodeAnalysis;

namespace FastPubSub.Core;

/// <summary>
/// The newest ids of messages, each with a mark: what is known of its delivery. So a message which comes over two
/// connections is delivered once (SDK-9). While the window is armed it can be asked. Its owner locks.
/// </summary>
/// <typeparam name="TMark">What is kept beside an id.</typeparam>
internal sealed class DuplicateWindow<TMark>
{
    // An unarmed window is there so that one which is armed after a connection broke already knows what came just
    // before: 96 KiB. An armed one grows as far as half a second at 500,000 messages a second needs.
    private const int UnarmedSize = 1 << 12;
    private const int ArmedSize = 1 << 18;

    private (MessageId Id, TMark Mark)[] ring = [];
    private int count;
    private int oldest;
    private Dictionary<MessageId, int>? at; // positions in the ring; null: not armed

    public bool IsArmed => at is not null;

    private int Limit => at is null ? UnarmedSize : ArmedSize;

    /// <summary>
    /// Remembers an id with its mark, or changes the mark of one that can be asked for. When the window is full it
    /// forgets the oldest.
    /// </summary>
    public void Put(MessageId id, TMark mark)
    {
        if (at is not null && at.TryGetValue(id, out var known))
        {
            ring[known].Mark = mark;
            return;
        }

        var position = Next();
        ring[position] = (id, mark);
        if (at is not null)
        {
            at[id] = position;
        }
    }

    /// <summary>The mark of an id; false when it is not remembered, and always while not armed.</summary>
    public bool TryGet(MessageId id, [MaybeNullWhen(false)] out TMark mark)
    {
        if (at is not null && at.TryGetValue(id, out var position))
        {
            mark = ring[position].Mark;
            return true;
        }

        mark = default;
        return false;
    }

    /// <summary>Makes it possible to ask, also for the ids that are remembered already.</summary>
    public void Arm()
    {
        if (at is not null)
        {
            return;
        }

        Keep(count);
        at = new(count);
        for (var i = 0; i < count; i++)
        {
            at[ring[i].Id] = i;
        }
    }

    /// <summary>Ends asking and forgets all but the newest ids.</summary>
    public void Disarm()
    {
        Keep(Math.Min(count, UnarmedSize));
        at = null;
    }

    /// <summary>The position for one more id; a full window forgets its oldest for it.</summary>
    private int Next()
    {
        if (count < Limit)
        {
            if (count == ring.Length)
            {
                Array.Resize(ref ring, Math.Min(Limit, Math.Max(64, 2 * count)));
            }

            return count++;
        }

        var position = oldest;
        at?.Remove(ring[position].Id);
        oldest = position + 1 == count ? 0 : position + 1;
        return position;
    }

    /// <summary>Keeps the newest ids, the oldest of them first.</summary>
    private void Keep(int newest)
    {
        if (oldest == 0 && newest == count)
        {
            return;
        }

        var kept = new (MessageId, TMark)[newest];
        for (var i = 0; i < newest; i++)
        {
            kept[i] = ring[(oldest + count - newest + i) % count];
        }

        (ring, count, oldest) = (kept, newest, 0);
    }
}
