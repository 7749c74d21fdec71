namespace FastPubSub.Core;

internal sealed partial class Session
{
    // How long a connection that has been cut may take to let go of the session's tasks.
    private static readonly TimeSpan StopTime = TimeSpan.FromSeconds(3);

    /// <summary>
    /// Cuts the connection and waits until nothing of the session runs any more. A transport that does not let go in
    /// time is reported and left alone. It never fails.
    /// </summary>
    public async Task AbortAsync(Fault reason)
    {
        End(reason);
        try
        {
            await Task.WhenAll(running, cutting).WaitAsync(StopTime, parts.Time).ConfigureAwait(false);
        }
        catch (Exception exception) // of a transport that hangs or fails; it must not hold up the end of the client
        {
            parts.Report(Fault.Wrap(exception, ErrorReasons.Internal, "the connection was cut, but did not end in order"));
        }
    }

    /// <summary>
    /// Ends the session in order: what the session itself has queued goes out, the peer is told, and its own end is
    /// waited for until the token is cancelled.
    /// </summary>
    public async Task CloseAsync(CancellationToken cancellationToken)
    {
        lock (gate)
        {
            finishing = true;
        }

        Consumer.Wake.Set();
        try
        {
            await Done.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The peer has had its time.
        }

        await AbortAsync(Fault.New(ErrorReasons.Closed, "the client has closed the connection")).ConfigureAwait(false);
    }

    /// <summary>Keeps the reason that the server gave; the session ends when the server closes it, or a little later.</summary>
    private void WillEnd(Fault reason)
    {
        lock (gate)
        {
            cause ??= reason;
        }

        EndLater(reason);
    }

    /// <summary>Ends the session unless the reader does it first.</summary>
    private void EndLater(Fault reason)
    {
        lock (gate)
        {
            if (!ended)
            {
                lastWord ??= parts.Time.CreateTimer(_ => End(reason), null, LastWordTime, Timeout.InfiniteTimeSpan);
            }
        }
    }

    /// <summary>
    /// Ends the session, once: the first cause counts. Everything that waits for an answer learns that none will come.
    /// </summary>
    private void End(Fault reason)
    {
        Ticket[] tickets;
        PendingCommand[] unanswered;
        lock (gate)
        {
            if (ended)
            {
                return;
            }

            ended = true;
            cause ??= reason;
            lastWord?.Dispose();
            (tickets, unanswered) = ([.. publishes.Values], [.. commands.Values]);
            publishes.Clear();
            commands.Clear();
            control.Clear();
            cutting = Task.Run(connection.Abort); // whatever it takes, it holds up nobody
        }

        parts.Outbox.Detach(Consumer);
        feed.Finish();
        ledger.Close();
        Abandon(tickets, unanswered);
        done.SetResult();
        _ = life.CancelAsync(); // whoever waits for it goes on elsewhere, not in here
        Consumer.Wake.Set();
    }

    private void Abandon(Ticket[] tickets, PendingCommand[] unanswered)
    {
        foreach (var ticket in tickets)
        {
            ticket.Complete(PendingCommand.Lost(Cause));
        }

        parts.Outbox.Release(tickets.Length);
        foreach (var command in unanswered)
        {
            command.Abandon(Cause);
        }
    }
}
