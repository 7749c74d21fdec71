using FastPubSub.Wire;

namespace FastPubSub.Core;

internal sealed partial class Outbox
{
    /// <summary>
    /// Queues a message, in the order of the calls. With an acknowledgement the ticket completes when the server has
    /// answered. Without, it completes when the message has been handed to a transport; it is null when that is so
    /// already, because the client is connected and the outbox is part of the transport: nothing that is in it gets
    /// lost while the client lives.
    /// <para>
    /// When there is no room, the ticket waits for it while the client is connected, and fails with BUFFER_FULL while
    /// it is not. The payload has been copied when the ticket is no longer waiting.
    /// </para>
    /// </summary>
    public Ticket? Publish(in Publication message, bool acknowledge)
    {
        lock (gate)
        {
            if (sealedBy is not null)
            {
                throw sealedBy.ToException();
            }

            if (waiting.Count == 0 && HasRoom)
            {
                var ticket = acknowledge || !connected ? new Ticket(this, default, acknowledge) : null;
                Admit(ticket, message);
                return ticket;
            }

            if (!connected)
            {
                throw BufferFull().ToException();
            }

            var waiter = new Ticket(this, message, acknowledge);
            waiting.Enqueue(waiter);
            return waiter;
        }
    }

    /// <summary>
    /// Gives a publish up: if it has not been handed to a transport, it never will be, its ticket completes with the
    /// reason, and the result is true.
    /// </summary>
    public bool Withdraw(Ticket ticket, Fault reason)
    {
        lock (gate)
        {
            if (ticket.Stage == TicketStage.Sent || !ticket.Complete(reason))
            {
                return false;
            }

            if (ticket.Stage == TicketStage.Queued)
            {
                messages--;
                bytes -= ticket.Size;
                MakeRoom();
            }

            return true;
        }
    }

    /// <summary>Lets in who waits for room: as many as fit, or nobody when there is no connection.</summary>
    private void MakeRoom()
    {
        while (waiting.Count > 0 && (HasRoom || !connected))
        {
            var ticket = waiting.Dequeue();
            if (ticket.IsCompleted)
            {
                continue;
            }

            if (!HasRoom)
            {
                ticket.Complete(BufferFull());
                continue;
            }

            var handed = !ticket.Acknowledged && connected;
            Admit(handed ? null : ticket, ticket.Message);
            ticket.Message = default;
            if (handed)
            {
                ticket.Stage = TicketStage.Sent;
                ticket.Complete(null);
            }
        }
    }

    /// <summary>Puts a message into the queue.</summary>
    private void Admit(Ticket? ticket, in Publication message)
    {
        var id = ticket is { Acknowledged: true } ? NextId() : 0;
        var size = message.EncodedSize(id);
        var memory = arena.Hold(size);
        var start = memory.Buffer.Length;
        message.AppendTo(memory.Buffer, id);
        if (ticket is not null)
        {
            ticket.Size = size;
            ticket.Stage = TicketStage.Queued;
        }

        messages++;
        bytes += size;
        Push(new Entry { Ticket = ticket, Memory = memory, Start = start, Size = size, Id = id });
    }

    private Fault BufferFull() => Fault.New(
        ErrorReasons.BufferFull,
        $"there is no connection, and {messages} publishes with {bytes} bytes are waiting for one already");
}
