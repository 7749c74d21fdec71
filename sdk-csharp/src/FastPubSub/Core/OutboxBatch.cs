using FastPubSub.Wire;

namespace FastPubSub.Core;

/// <summary>
/// What a consumer sends next: one frame of publishes, or one command. The consumer reuses it; its frame is valid until
/// the next reset.
/// </summary>
internal sealed class OutboxBatch
{
    // Up to how many bytes of publishes share a frame, if the server's limit allows it: enough to make the cost of a
    // write small, short enough to keep the outbox locked only briefly.
    private const int FrameBytes = 128 << 10;

    private readonly FrameBuffer buffer = new(4096);

    /// <summary>The publishes in the frame that the server will answer.</summary>
    public List<KeyValuePair<ulong, Ticket>> Acknowledgements { get; } = [];

    /// <summary>Completed when the transport has taken the frame.</summary>
    public List<Ticket> Handed { get; } = [];

    /// <summary>How many publishes in the frame the server will not answer.</summary>
    public int Unacknowledged { get; private set; }

    /// <summary>How many publishes nobody waits for are gone because this connection's frames are too short for them.</summary>
    public int TooLarge { get; private set; }

    /// <summary>The command to send instead of a frame.</summary>
    public OutboxCommand? Command { get; set; }

    /// <summary>An encoded SessionRequest; empty when there is none to send.</summary>
    public ReadOnlyMemory<byte> Frame { get; private set; }

    public int Publishes => Acknowledgements.Count + Unacknowledged;

    private int Size => buffer.Length - Publication.FrameOverhead;

    public void Reset()
    {
        Acknowledgements.Clear();
        Handed.Clear();
        (Unacknowledged, TooLarge, Command, Frame) = (0, 0, null, default);
        buffer.Clear();
        buffer.Append(stackalloc byte[Publication.FrameOverhead]);
    }

    /// <summary>
    /// Whether a further publish belongs into this frame. What is too long for any frame belongs nowhere and does not
    /// end a frame.
    /// </summary>
    public bool Fits(int size, int maxFrame)
    {
        var room = Math.Min(maxFrame, FrameBytes) - Publication.FrameOverhead;
        return Publishes == 0 || Size + size <= room || size > maxFrame - Publication.FrameOverhead;
    }

    public void Add(ReadOnlySpan<byte> encoded, ulong id, Ticket? ticket)
    {
        buffer.Append(encoded);
        if (id != 0)
        {
            Acknowledgements.Add(new(id, ticket!));
            return;
        }

        Unacknowledged++;
        if (ticket is not null)
        {
            Handed.Add(ticket);
        }
    }

    public void Refuse(Ticket? ticket, int size, int maxFrame)
    {
        if (ticket is null)
        {
            TooLarge++;
            return;
        }

        ticket.Complete(Fault.New(
            ErrorReasons.PayloadTooLarge, $"the message takes {size} bytes; a frame of this server may have {maxFrame}"));
    }

    /// <summary>Writes the frame's header in front of the messages, if there are any; false when there is nothing to do.</summary>
    public bool Seal()
    {
        if (Publishes > 0)
        {
            Frame = Publication.WithHeader(buffer);
        }

        return Publishes > 0 || TooLarge > 0 || Command is not null;
    }
}
