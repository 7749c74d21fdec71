namespace FastPubSub.Core;

/// <summary>How far a publish has come; guarded by the outbox.</summary>
internal enum TicketStage
{
    /// <summary>It waits for room in the outbox.</summary>
    Waiting,

    /// <summary>It is in the queue.</summary>
    Queued,

    /// <summary>It has been handed to a connection.</summary>
    Sent,
}
