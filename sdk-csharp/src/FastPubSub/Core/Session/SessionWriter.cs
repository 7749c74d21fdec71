using FastPubSub.Wire;

namespace FastPubSub.Core;

internal sealed partial class Session
{
    // How long a peer whose connection fails gets to say why.
    private static readonly TimeSpan LastWordTime = TimeSpan.FromSeconds(1);

    /// <summary>Sends what is pending, and sleeps when there is nothing.</summary>
    private async Task WriteAsync()
    {
        var batch = new OutboxBatch();
        while (true)
        {
            if (NextControl() is { } frame)
            {
                if (!await TransmitAsync(frame).ConfigureAwait(false))
                {
                    return;
                }
            }
            else if (parts.Outbox.Take(Consumer, Welcome.Limits.Frame, batch))
            {
                if (!await SendBatchAsync(batch).ConfigureAwait(false))
                {
                    return;
                }
            }
            else if (IsFinishing())
            {
                await FinishAsync().ConfigureAwait(false);
                return;
            }
            else
            {
                await Consumer.Wake.WaitAsync().ConfigureAwait(false);
                if (!IsAlive)
                {
                    return;
                }
            }
        }
    }

    private byte[]? NextControl()
    {
        lock (gate)
        {
            return control.TryDequeue(out var frame) ? frame : null;
        }
    }

    private bool IsFinishing()
    {
        lock (gate)
        {
            return finishing && control.Count == 0;
        }
    }

    private async Task FinishAsync()
    {
        try
        {
            await connection.CloseAsync().ConfigureAwait(false);
        }
        catch (Exception exception) // the reader learns it, too
        {
            EndLater(Fault.From(exception));
        }
    }

    /// <summary>
    /// Hands a frame to the transport. After a failure nothing more is sent, and the reader gets some time to learn from
    /// the peer what is wrong.
    /// </summary>
    private async ValueTask<bool> TransmitAsync(ReadOnlyMemory<byte> frame)
    {
        try
        {
            await connection.SendAsync(frame).ConfigureAwait(false);
            return true;
        }
        catch (Exception exception)
        {
            EndLater(Fault.From(exception));
            return false;
        }
    }

    /// <summary>Sends what the outbox gave.</summary>
    private async ValueTask<bool> SendBatchAsync(OutboxBatch batch)
    {
        if (batch.TooLarge > 0)
        {
            parts.Report(Fault.New(
                ErrorReasons.PayloadTooLarge, $"{batch.TooLarge} unacknowledged publishes are longer than a frame of this server may be"));
        }

        if (batch.Command is not null)
        {
            SendCommand(batch.Command);
            return true;
        }

        if (batch.Frame.IsEmpty)
        {
            return true;
        }

        var sent = Expect(batch.Acknowledgements) && await TransmitAsync(batch.Frame).ConfigureAwait(false);
        var outcome = sent ? null : PendingCommand.Lost(null);
        foreach (var ticket in batch.Handed)
        {
            ticket.Complete(outcome);
        }

        var unwaited = batch.Unacknowledged - batch.Handed.Count;
        if (!sent && unwaited > 0)
        {
            parts.Report(Fault.New(
                ErrorReasons.ConnectionLost, $"the connection broke while {unwaited} unacknowledged publishes were being sent; they may be lost"));
        }

        return sent;
    }

    /// <summary>
    /// Records publishes before they are sent, so that no answer comes too early. When the session has ended already,
    /// they have failed.
    /// </summary>
    private bool Expect(List<KeyValuePair<ulong, Ticket>> acknowledgements)
    {
        lock (gate)
        {
            if (!ended)
            {
                foreach (var (id, ticket) in acknowledgements)
                {
                    publishes[id] = ticket;
                }

                return true;
            }
        }

        foreach (var (_, ticket) in acknowledgements)
        {
            ticket.Complete(PendingCommand.Lost(Cause));
        }

        parts.Outbox.Release(acknowledgements.Count);
        return false;
    }

    /// <summary>Sends a command from the outbox.</summary>
    private void SendCommand(OutboxCommand command)
    {
        if (command.Route is not { } route)
        {
            Send(new PendingCommand(CommandKind.Ping, command.Receipt) { SentAt = parts.Time.GetTimestamp() }, Commands.Ping);
            return;
        }

        switch (ledger.Sync(route, out var telling))
        {
            case SyncAction.Subscribe:
                SendSubscribe(new PendingCommand(CommandKind.Subscribe, command.Receipt) { Telling = telling });
                break;
            case SyncAction.Unsubscribe:
                SendUnsubscribe(new PendingCommand(CommandKind.Unsubscribe, command.Receipt) { Route = route });
                break;
            case SyncAction.Nothing:
                command.Receipt?.Complete(null);
                break;
        }
    }

    private void SendSubscribe(PendingCommand command) =>
        Send(command, id => Commands.Subscribe(id, command.Telling!.Route.Tenant, command.Telling.Route.Pattern));

    private void SendUnsubscribe(PendingCommand command) =>
        Send(command, id => Commands.Unsubscribe(id, command.Route!.Tenant, command.Route.Pattern));
}
