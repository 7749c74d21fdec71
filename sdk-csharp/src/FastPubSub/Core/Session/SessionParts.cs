namespace FastPubSub.Core;

/// <summary>What a session works with.</summary>
/// <param name="Outbox">The client's.</param>
/// <param name="Registry">The client's.</param>
/// <param name="Dispatcher">The client's.</param>
/// <param name="Report">Gets refusals that no caller waits for. It must not block.</param>
/// <param name="Time">The clock and the timers.</param>
internal sealed record SessionParts(Outbox Outbox, Registry Registry, Dispatcher Dispatcher, Action<Fault> Report, TimeProvider Time);
