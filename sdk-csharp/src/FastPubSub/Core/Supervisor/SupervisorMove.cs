namespace FastPubSub.Core;

internal sealed partial class Supervisor
{
    // The overlap is for messages that were published before the new connection was subscribed and that are still on
    // their way between the nodes; during it only the old connection's deliveries are shown.
    private static readonly TimeSpan OverlapTime = TimeSpan.FromMilliseconds(500);

    // For the old server to answer, at most.
    private static readonly TimeSpan FenceTime = TimeSpan.FromSeconds(5);

    // For the closing handshake.
    private static readonly TimeSpan PartingTime = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Makes a new session before it breaks the old one (SDK-9).
    /// <list type="number">
    /// <item>The new session connects and subscribes to everything. The old one goes on.</item>
    /// <item>Sending pauses, until the old server has handled what was sent to it; then the new session sends. So
    /// publishes keep their order.</item>
    /// <item>After the overlap everything is unsubscribed on the old session. Its acknowledgements come behind its last
    /// delivery: then the new session's deliveries are shown.</item>
    /// <item>The old session closes.</item>
    /// </list>
    /// </summary>
    private async Task<(Session? Next, Fault? Cause)> MoveAsync(Session old)
    {
        var departure = old.Departing.Result;
        SupervisorLog.Moving(settings.Logger, departure.Reason, departure.Text);
        var found = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var watching = WatchAsync(old, found.Task);
        Session? next;
        Fault? failure;
        try
        {
            (next, failure) = await ConnectAsync(old, first: false).ConfigureAwait(false);
        }
        finally
        {
            found.SetResult();
            await watching.ConfigureAwait(false);
        }

        if (next is null)
        {
            return (null, await OutlastAsync(old, failure!).ConfigureAwait(false));
        }

        retired = Task.Run(() => RetireAsync(old));
        Track(retired);
        return (next, null);
    }

    /// <summary>Looks after an old session while its successor is being made.</summary>
    private async Task WatchAsync(Session old, Task found)
    {
        await Task.WhenAny(old.Done, found).ConfigureAwait(false);
        if (!found.IsCompleted)
        {
            Lose(old);
        }
    }

    /// <summary>Says that the client has no connection, unless the old session's successor has taken over.</summary>
    private void Lose(Session old)
    {
        if (SetStatus(ConnectionState.Reconnecting, old.Cause, lost: old))
        {
            parts.Outbox.Disconnect();
        }
    }

    /// <summary>Lets a client whose move has failed for good live as long as its old session does.</summary>
    private async Task<Fault> OutlastAsync(Session old, Fault failure)
    {
        await Task.WhenAny(old.Done, lifeEnded.Task).ConfigureAwait(false);
        if (!old.Done.IsCompleted)
        {
            await old.CloseAsync(ClosingTime()).ConfigureAwait(false);
            failure = ClosedByApplication;
        }

        await old.AbortAsync(failure).ConfigureAwait(false);
        return failure;
    }

    /// <summary>
    /// Lets the next session send. While it waits nothing is sent: what the old session has sent is handled first, and
    /// what has been subscribed to since the next one asked is subscribed there, too.
    /// </summary>
    /// <returns>Null, or why that failed.</returns>
    private async Task<Fault?> TakeOverAsync(Session? old, Session next)
    {
        parts.Outbox.Pause();
        if (old is not null)
        {
            using var deadline = new Deadline(Soonest(old.Departing.Result.Until, FenceTime), settings.Time, life.Token);
            await old.Fence().WaitAsync(ErrorReasons.TimedOut, "the old server has not answered", deadline.Token).ConfigureAwait(false);
        }

        var failure = await ResubscribeAsync(next).ConfigureAwait(false);
        if (failure is not null || !next.IsAlive)
        {
            if (old is { IsAlive: true })
            {
                parts.Outbox.Attach(old.Consumer);
            }

            return failure ?? next.Cause;
        }

        parts.Outbox.Attach(next.Consumer);
        return null;
    }

    /// <summary>Ends an old session whose successor has taken over.</summary>
    private async Task RetireAsync(Session old)
    {
        var until = old.Departing.Result.Until;
        var left = (until - settings.Time.GetUtcNow()) / 4;
        using (var overlap = new Deadline(left < OverlapTime ? left : OverlapTime, settings.Time, life.Token))
        {
            await WaitAsync(old.Done, overlap.Token).ConfigureAwait(false);
        }

        using (var deadline = new Deadline(Soonest(until, FenceTime), settings.Time, life.Token))
        {
            await old.RetireAsync(deadline.Token).ConfigureAwait(false);
        }

        using var parting = new Deadline(PartingTime, settings.Time, life.Token);
        await old.CloseAsync(parting.Token).ConfigureAwait(false);
    }

    private static async Task WaitAsync(Task task, CancellationToken cancellationToken)
    {
        try
        {
            await task.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The time is over.
        }
    }

    /// <summary>How long it is until a time, at most the given span.</summary>
    private TimeSpan Soonest(DateTimeOffset until, TimeSpan span)
    {
        var left = until - settings.Time.GetUtcNow();
        return left < span ? left : span;
    }
}
