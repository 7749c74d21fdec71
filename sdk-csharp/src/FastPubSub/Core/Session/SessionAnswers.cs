using Contract = FastPubSub.V1;

namespace FastPubSub.Core;

internal sealed partial class Session
{
    // Of the reader: reused, because a success may answer thousands of publishes.
    private readonly List<Ticket> answered = [];

    /// <summary>Completes the commands that one Success answers.</summary>
    private void Succeed(Contract.Success success)
    {
        List<PendingCommand>? succeeded = null;
        lock (gate)
        {
            foreach (var id in success.RequestIds)
            {
                if (publishes.Remove(id, out var ticket))
                {
                    answered.Add(ticket);
                }
                else if (commands.Remove(id, out var command))
                {
                    (succeeded ??= []).Add(command);
                }
            }
        }

        foreach (var ticket in answered)
        {
            ticket.Complete(null);
        }

        parts.Outbox.Release(answered.Count);
        answered.Clear();
        foreach (var command in succeeded ?? [])
        {
            Succeeded(command, success);
        }
    }

    private void Succeeded(PendingCommand command, Contract.Success success)
    {
        switch (command.Kind)
        {
            case CommandKind.Subscribe or CommandKind.Resubscribe:
                feed.Bind(success.PatternHandle, command.Telling!.Route);
                ledger.Acknowledged(command.Telling);
                break;
            case CommandKind.Unsubscribe:
                feed.Unbind(command.Route!);
                break;
            case CommandKind.Authenticate:
                KeepExpiry(success.TokenExpiresAt);
                break;
            case CommandKind.Ping:
                Interlocked.Exchange(ref roundTripTicks, Math.Max(1, parts.Time.GetElapsedTime(command.SentAt).Ticks));
                break;
            case CommandKind.Retire: // nothing comes for the route any more; it stays bound until the end
                break;
        }

        command.Receipt?.Complete(null);
    }

    /// <summary>
    /// Completes the command that a Failure answers, or reports a refusal that nobody waits for, or keeps why the
    /// session is about to end.
    /// </summary>
    private void Fail(Contract.Failure failure)
    {
        var refusal = Fault.FromFailure(failure);
        if (failure.ClosesSession)
        {
            WillEnd(refusal);
        }

        Ticket? ticket;
        PendingCommand? command;
        lock (gate)
        {
            publishes.Remove(failure.RequestId, out ticket);
            commands.Remove(failure.RequestId, out command);
        }

        if (ticket is not null)
        {
            ticket.Complete(refusal);
            parts.Outbox.Release(1);
        }
        else if (command is not null)
        {
            Failed(command, refusal);
        }
        else if (!failure.ClosesSession)
        {
            parts.Report(refusal);
        }
    }

    private void Failed(PendingCommand command, Fault refusal)
    {
        switch (command.Kind)
        {
            case CommandKind.Subscribe:
            case CommandKind.Resubscribe when refusal.Retry != Retry.Yes:
                ledger.Refused(command.Telling!, refusal);
                break;
            case CommandKind.Unsubscribe:
                feed.Unbind(command.Route!);
                break;
        }

        command.Receipt?.Complete(refusal);
    }
}
