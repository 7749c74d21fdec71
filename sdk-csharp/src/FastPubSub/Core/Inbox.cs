namespace FastPubSub.Core;

/// <summary>
/// The bounded buffer between a connection and one local subscription. The connection never waits for the application:
/// when the buffer is full the oldest message goes, and the reader is told how many went (SDK-11). All methods may be
/// called concurrently; each event goes to one reader.
/// </summary>
internal sealed class Inbox(InboxLimits limits, TimeProvider time)
{
    private readonly object gate = new();
    private readonly EventRing events = new(time);
    private readonly Queue<Signal> sleepers = new();
    private int bytes;
    private ulong lagged; // dropped here, before the head of events
    private ulong missed; // dropped by the server, before the head of events
    private bool over;
    private Fault? cause; // why it is over; null: the application wanted it

    /// <summary>Adds a message and never waits. After the end it does nothing.</summary>
    public void Push(Message message)
    {
        lock (gate)
        {
            if (!over)
            {
                events.Push(message);
                bytes += message.Payload.Length;
                DropOldest();
                WakeOne();
            }
        }
    }

    /// <summary>Says that the server dropped messages before the next one.</summary>
    public void PushLost(ulong messages)
    {
        lock (gate)
        {
            if (!over)
            {
                events.Push(new Lagged(messages, atServer: true));
                DropOldest();
                WakeOne();
            }
        }
    }

    /// <summary>
    /// Ends the inbox: with a cause, or, without, because the application wants it. What it holds can still be read.
    /// Only the first end counts.
    /// </summary>
    public void End(Fault? reason) => Finish(reason, discard: false);

    /// <summary>Ends the inbox because the application wants no more: what it holds is gone.</summary>
    public void Close() => Finish(null, discard: true);

    /// <summary>
    /// Takes the next event. When there is none, the sleeper is set as soon as there may be one, or at the end.
    /// </summary>
    /// <returns>The event, or null.</returns>
    public SubscriptionEvent? Take(Signal sleeper, out bool ended, out Fault? reason)
    {
        lock (gate)
        {
            var next = TakeNext();
            ended = next is null && over;
            reason = ended ? cause : null;
            if (next is null && !over)
            {
                sleepers.Enqueue(sleeper);
            }
            else if (events.Count > 0)
            {
                WakeOne(); // another reader may take the next one
            }

            return next;
        }
    }

    /// <summary>Says that a sleeper gives up; an event that it was woken for goes to another one.</summary>
    public void Leave(Signal sleeper)
    {
        lock (gate)
        {
            for (var i = sleepers.Count; i > 0; i--)
            {
                var other = sleepers.Dequeue();
                if (other != sleeper)
                {
                    sleepers.Enqueue(other);
                }
            }

            if (events.Count > 0)
            {
                WakeOne();
            }
        }
    }

    private void Finish(Fault? reason, bool discard)
    {
        lock (gate)
        {
            if (discard)
            {
                events.Clear();
                (bytes, lagged, missed) = (0, 0, 0);
            }

            if (!over)
            {
                (over, cause) = (true, reason);
                while (sleepers.TryDequeue(out var sleeper))
                {
                    sleeper.Set();
                }
            }
        }
    }

    /// <summary>Makes the buffer fit its limits again.</summary>
    private void DropOldest()
    {
        while (events.Count > limits.Messages || (bytes > limits.Bytes && events.Count > 1))
        {
            switch (events.Pop())
            {
                case Message message:
                    bytes -= message.Payload.Length;
                    lagged++;
                    break;
                case Lagged lost:
                    missed += lost.Missed;
                    break;
            }
        }
    }

    private void WakeOne()
    {
        if (sleepers.TryDequeue(out var sleeper))
        {
            sleeper.Set();
        }
    }

    /// <summary>The next event; losses come before what followed them.</summary>
    private SubscriptionEvent? TakeNext()
    {
        if (lagged > 0)
        {
            var lost = new Lagged(lagged, atServer: false);
            lagged = 0;
            return lost;
        }

        if (missed > 0)
        {
            var lost = new Lagged(missed, atServer: true);
            missed = 0;
            return lost;
        }

        if (events.Count == 0)
        {
            return null;
        }

        var next = events.Pop();
        bytes -= next is Message message ? message.Payload.Length : 0;
        return next;
    }
}
