using FastPubSub.Wire;

namespace FastPubSub.Core;

internal sealed partial class Outbox
{
    /// <summary>
    /// Moves what is at the head of the queue into the batch: as many publishes as fit into a frame of at most
    /// <paramref name="maxFrame"/> bytes, or one command. It is false when there is nothing, or when this is not the
    /// consumer (any more).
    /// </summary>
    public bool Take(Consumer taker, int maxFrame, OutboxBatch into)
    {
        into.Reset();
        lock (gate)
        {
            if (consumer != taker)
            {
                return false;
            }

            while (queue.TryPeek(out var front))
            {
                if (front.Command is not null)
                {
                    if (into.Publishes == 0)
                    {
                        into.Command = queue.Dequeue().Command;
                    }

                    break;
                }

                if (!front.IsWithdrawn && !into.Fits(front.Size, maxFrame))
                {
                    break;
                }

                var next = queue.Dequeue();
                Move(next, maxFrame, into);
                arena.Release(next.Memory!);
            }

            if (queue.Count == 0)
            {
                ShrinkQueue();
            }

            MakeRoom();
            return into.Seal();
        }
    }

    /// <summary>Moves one publish into the batch, unless it has been given up or is too long for any frame.</summary>
    private void Move(in Entry entry, int maxFrame, OutboxBatch into)
    {
        if (entry.IsWithdrawn)
        {
            return;
        }

        var tooLarge = entry.Size > maxFrame - Publication.FrameOverhead;
        bytes -= entry.Size;
        if (entry.Id == 0 || tooLarge)
        {
            messages--;
        }

        if (entry.Ticket is not null)
        {
            entry.Ticket.Stage = TicketStage.Sent;
        }

        if (tooLarge)
        {
            into.Refuse(entry.Ticket, entry.Size, maxFrame);
        }
        else
        {
            into.Add(entry.Encoded, entry.Id, entry.Ticket);
        }
    }

    private void ShrinkQueue()
    {
        if (queue.EnsureCapacity(0) > QueueKept)
        {
            queue.TrimExcess();
        }
    }
}
