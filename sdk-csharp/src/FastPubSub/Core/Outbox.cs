namespace FastPubSub.Core;

/// <summary>
/// The queue of what the client sends: publishes and changes of subscriptions, in the order in which the application
/// asked for them. It belongs to the client, not to a connection: what has not been handed to a transport yet stays in
/// it when a connection breaks, and goes out over the next one (SDK-8). Whatever is pending when the writer comes goes
/// out as one frame (SDK-6); nothing ever waits for more to come. All methods may be called concurrently.
/// </summary>
internal sealed partial class Outbox(OutboxLimits limits)
{
    // Up to how many slots an emptied queue keeps for later.
    private const int QueueKept = 4096;

    private readonly object gate = new();
    private readonly Queue<Entry> queue = new();
    private readonly Arena arena = new();
    private readonly Queue<Ticket> waiting = new(); // for room, the oldest first
    private ulong lastId;
    private Consumer? consumer; // null: nobody takes now
    private bool connected;
    private Fault? sealedBy; // why no more publishes are accepted
    private bool failed; // nothing at all is accepted
    private int messages; // queued, or waiting for an acknowledgement
    private int bytes; // queued

    private bool HasRoom => messages == 0 || (messages < limits.Messages && bytes < limits.Bytes);

    /// <summary>Whether a publish that nobody has given up is queued or waits for room.</summary>
    public bool HasPublishes
    {
        get
        {
            lock (gate)
            {
                return queue.Any(entry => entry.Command is null && !entry.IsWithdrawn) || waiting.Any(ticket => !ticket.IsCompleted);
            }
        }
    }

    /// <summary>A request id that nobody has had before.</summary>
    public ulong NextId() => Interlocked.Increment(ref lastId);

    /// <summary>Makes this the consumer: the client is connected.</summary>
    public void Attach(Consumer next)
    {
        lock (gate)
        {
            consumer = next;
            connected = true;
            next.Wake.Set();
        }
    }

    /// <summary>Takes the outbox away because another connection will go on. The client counts as connected.</summary>
    public void Pause()
    {
        lock (gate)
        {
            consumer = null;
        }
    }

    /// <summary>
    /// Says that a connection is gone. If it was the consumer the client is not connected now, and whoever waits for
    /// room is refused.
    /// </summary>
    public void Detach(Consumer gone)
    {
        lock (gate)
        {
            if (consumer == gone)
            {
                consumer = null;
                connected = false;
                MakeRoom();
            }
        }
    }

    /// <summary>Says that the connection which the outbox was paused for is gone. Nothing happens when there is a consumer.</summary>
    public void Disconnect()
    {
        lock (gate)
        {
            if (consumer is null)
            {
                connected = false;
                MakeRoom();
            }
        }
    }

    /// <summary>Says that some publishes have got their acknowledgement, or never will.</summary>
    public void Release(int count)
    {
        if (count > 0)
        {
            lock (gate)
            {
                messages -= count;
                MakeRoom();
            }
        }
    }

    /// <summary>Makes every publish that comes later fail with the reason.</summary>
    public void Seal(Fault reason)
    {
        lock (gate)
        {
            sealedBy ??= reason;
        }
    }

    /// <summary>
    /// Queues the comparison of a route with what the connection has been told. The receipt completes when the server
    /// knows.
    /// </summary>
    public void Sync(Route route, Receipt? receipt) => Enqueue(new OutboxCommand(route, receipt));

    /// <summary>Queues a ping. Its receipt completes when the server has handled everything that was queued before.</summary>
    public Receipt Ping()
    {
        var receipt = new Receipt();
        Enqueue(new OutboxCommand(null, receipt));
        return receipt;
    }

    /// <summary>
    /// Seals the outbox and fails everything that is queued. It returns how many messages are gone for which the
    /// application was told that they would be sent.
    /// </summary>
    public int Fail(Fault reason)
    {
        lock (gate)
        {
            (sealedBy, failed, consumer, connected) = (reason, true, null, false);
            var dropped = 0;
            while (queue.TryDequeue(out var entry))
            {
                entry.Command?.Receipt?.Complete(reason);
                entry.Ticket?.Complete(reason);
                dropped += entry is { Command: null, Ticket: null } ? 1 : 0;
            }

            while (waiting.TryDequeue(out var ticket))
            {
                ticket.Complete(reason);
            }

            return dropped;
        }
    }

    /// <summary>Queues a command, also when publishes are sealed.</summary>
    private void Enqueue(OutboxCommand command)
    {
        lock (gate)
        {
            if (failed)
            {
                command.Receipt?.Complete(sealedBy);
                return;
            }

            Push(new Entry { Command = command });
        }
    }

    private void Push(Entry entry)
    {
        queue.Enqueue(entry);
        consumer?.Wake.Set();
    }

    /// <summary>One thing to send.</summary>
    private struct Entry
    {
        public OutboxCommand? Command; // null: a publish, which the rest is for
        public Ticket? Ticket; // null: nobody waits
        public Arena.Block? Memory;
        public int Start;
        public int Size;
        public ulong Id; // 0: no acknowledgement is wanted

        /// <summary>Whether the caller has given the publish up.</summary>
        public readonly bool IsWithdrawn => Ticket is { IsCompleted: true };

        public readonly ReadOnlySpan<byte> Encoded => Memory!.Buffer.Slice(Start, Size);
    }
}
