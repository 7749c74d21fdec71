namespace FastPubSub.Core;

internal sealed partial class Supervisor
{
    /// <summary>
    /// Ends the client: it refuses new publishes, waits until the server has handled what was handed over, ends the
    /// subscriptions, and leaves nothing running (SDK-17). The token bounds the waiting; when it is cancelled first,
    /// what was not flushed fails, and the result says so.
    /// </summary>
    /// <returns>Null, or why not everything was flushed.</returns>
    public async Task<Fault?> CloseAsync(CancellationToken until)
    {
        parts.Outbox.Seal(ClosedByApplication);
        var failure = await FlushAsync(until).ConfigureAwait(false);
        lock (gate)
        {
            closing ??= until;
        }

        EndLife();
        await Done.ConfigureAwait(false);
        return failure;
    }

    /// <summary>Waits until every publish has been sent and everything has been answered.</summary>
    private async Task<Fault?> FlushAsync(CancellationToken until)
    {
        while (!Done.IsCompleted && (Status.State == ConnectionState.Connected || parts.Outbox.HasPublishes))
        {
            var failure = await parts.Outbox.Ping().WaitAsync(
                ErrorReasons.TimedOut, "not everything was flushed when the client was closed", until).ConfigureAwait(false);
            if (failure is null && !parts.Outbox.HasPublishes)
            {
                return null;
            }

            if (until.IsCancellationRequested)
            {
                return failure;
            }
        }

        return null;
    }

    private void EndLife()
    {
        lifeEnded.TrySetResult();
        _ = life.CancelAsync(); // what waits for it goes on elsewhere, and does not hold up the caller
    }

    /// <summary>Bounds an orderly end of a session; without CloseAsync it is to end at once.</summary>
    private CancellationToken ClosingTime()
    {
        lock (gate)
        {
            return closing ?? new CancellationToken(canceled: true);
        }
    }

    /// <summary>Ends what outlives a session.</summary>
    private async Task ShutAsync(Fault cause)
    {
        EndLife();
        Task[] unfinished;
        lock (gate)
        {
            unfinished = [.. running];
        }

        try
        {
            await Task.WhenAll(unfinished).ConfigureAwait(false);
        }
        catch (Exception exception) // a fault in there must not leave callers waiting
        {
            SupervisorLog.OwnFault(settings.Logger, exception);
        }

        var quietly = cause == ClosedByApplication;
        var dropped = parts.Outbox.Fail(cause);
        if (dropped > 0)
        {
            Report(Fault.New(ErrorReasons.ConnectionLost, $"the client ended with {dropped} unacknowledged publishes that had not been sent"));
        }

        parts.Registry.End(cause, quietly);
        SetStatus(ConnectionState.Closed, quietly ? null : cause);
        states.Complete();
        errors.Complete();
        done.TrySetResult();
    }
}
