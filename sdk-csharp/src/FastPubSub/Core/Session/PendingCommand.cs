namespace FastPubSub.Core;

/// <summary>What a command that has been sent and not answered was.</summary>
internal enum CommandKind
{
    /// <summary>The application's wish.</summary>
    Subscribe,

    /// <summary>Part of connecting.</summary>
    Resubscribe,

    /// <summary>The application's wish.</summary>
    Unsubscribe,

    /// <summary>An unsubscribe before the connection is given up.</summary>
    Retire,

    Authenticate,

    Ping,
}

/// <summary>The record of a command that has been sent and not answered.</summary>
/// <param name="Kind">What it was.</param>
/// <param name="Receipt">Null: nobody waits.</param>
internal sealed record PendingCommand(CommandKind Kind, Receipt? Receipt)
{
    /// <summary>Of subscribe and resubscribe.</summary>
    public Telling? Telling { get; init; }

    /// <summary>Of unsubscribe and retire.</summary>
    public Route? Route { get; init; }

    /// <summary>Of a ping, as a timestamp of the time provider.</summary>
    public long SentAt { get; init; }

    /// <summary>The fault of a command whose outcome is unknown.</summary>
    public static Fault Lost(Fault? cause) => Fault.Wrap(
        cause, ErrorReasons.ConnectionLost, "the connection ended before the server had answered; the outcome is unknown");

    /// <summary>
    /// Says what becomes of the command when the connection ends before the answer: a subscription is sent again over
    /// the next connection, one that was to end has ended with the connection, and the rest has failed.
    /// </summary>
    public void Abandon(Fault? cause) =>
        Receipt?.Complete(Kind is CommandKind.Unsubscribe or CommandKind.Retire ? null : Lost(cause));
}
