namespace FastPubSub.Core;

internal sealed partial class Supervisor
{
    // Bounds the wait for the acknowledgements of everything that is subscribed to.
    private static readonly TimeSpan ResubscribeTime = TimeSpan.FromMinutes(1);

    /// <summary>Makes a new session after one was lost, unless its end is final.</summary>
    private async Task<(Session? Next, Fault? Cause)> ReconnectAsync(Session lost)
    {
        parts.Outbox.Detach(lost.Consumer);
        var cause = lost.Cause;
        await lost.AbortAsync(cause).ConfigureAwait(false);
        if (EndsClient(cause))
        {
            return (null, cause);
        }

        SetStatus(ConnectionState.Reconnecting, cause);
        return await ConnectAsync(null, first: false).ConfigureAwait(false);
    }

    /// <summary>
    /// Tries until there is a session that has everything and takes from the outbox, or until there is a final reason.
    /// </summary>
    /// <param name="old">The session that goes on meanwhile, or null.</param>
    /// <param name="first">Only the first attempt of a new client does not wait.</param>
    private async Task<(Session? Next, Fault? Cause)> ConnectAsync(Session? old, bool first)
    {
        for (var going = old; ;)
        {
            if (!first)
            {
                (var alive, going) = await WaitForAttemptAsync(going).ConfigureAwait(false);
                if (!alive)
                {
                    return (null, ClosedByApplication);
                }
            }

            var (next, failure) = await AttemptAsync(old).ConfigureAwait(false);
            if (next is not null)
            {
                Adopt(next);
                return (next, null);
            }

            if (life.IsCancellationRequested)
            {
                return (null, ClosedByApplication);
            }

            SupervisorLog.AttemptFailed(settings.Logger, settings.Backoff.Failures + 1, failure!.ToString());
            NoteFailure(failure);
            if (StopsAttempts(failure))
            {
                return (null, failure);
            }

            if (failure.Reason == ErrorReasons.TokenSourceFailed)
            {
                Report(failure);
            }

            first = false;
        }
    }

    /// <summary>
    /// Waits before the next attempt. When the session that goes on meanwhile has ended, the client is without a
    /// connection, and the waits start over: what failed before, during a move, was not urgent.
    /// </summary>
    /// <param name="going">The session that goes on meanwhile, or null.</param>
    /// <returns>Whether the client lives; and the session, unless it has ended.</returns>
    private async Task<(bool Alive, Session? Going)> WaitForAttemptAsync(Session? going)
    {
        if (going is not null)
        {
            using var interrupted = CancellationTokenSource.CreateLinkedTokenSource(life.Token, going.Life);
            if (await SleepAsync(settings.Backoff.Next(), interrupted.Token).ConfigureAwait(false))
            {
                return (true, going);
            }

            if (going.IsAlive)
            {
                return (false, going);
            }

            Lose(going);
            settings.Backoff.Reset();
        }

        return (await SleepAsync(settings.Backoff.Next(), life.Token).ConfigureAwait(false), null);
    }

    /// <summary>Makes one session and lets it take over.</summary>
    private async Task<(Session? Next, Fault? Failure)> AttemptAsync(Session? old)
    {
        Session? next = null;
        try
        {
            next = await EstablishAsync().ConfigureAwait(false);
            var failure = await ResubscribeAsync(next).ConfigureAwait(false)
                ?? await TakeOverAsync(old, next).ConfigureAwait(false);
            if (failure is null)
            {
                return (next, null);
            }

            await next.AbortAsync(failure).ConfigureAwait(false);
            return (null, next.Cause);
        }
        catch (FastPubSubException exception)
        {
            return (null, exception.Fault);
        }
    }

    /// <summary>Makes a session that the server has welcomed.</summary>
    private async Task<Session> EstablishAsync()
    {
        using var deadline = new Deadline(settings.AttemptTimeout, settings.Time, life.Token);
        var token = await Credential.AskAsync(settings.Source, deadline.Token).ConfigureAwait(false);
        Transport.IConnection connection;
        try
        {
            connection = await settings.Dialer.DialAsync(token, deadline.Token).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is not FastPubSubException)
        {
            throw Fault.Wrap(exception, ErrorReasons.Unreachable, "the server did not answer in time").ToException();
        }

        return await Session.OpenAsync(connection, parts, deadline.Token).ConfigureAwait(false);
    }

    private async Task<Fault?> ResubscribeAsync(Session session)
    {
        using var deadline = new Deadline(ResubscribeTime, settings.Time, life.Token);
        return await session.ResubscribeAsync(deadline.Token).ConfigureAwait(false);
    }

    /// <summary>Makes a session that has taken over the client's.</summary>
    private void Adopt(Session session)
    {
        var welcome = session.Welcome;
        limits = welcome.Limits;
        lock (gate)
        {
            current = session;
        }

        SupervisorLog.Connected(settings.Logger, welcome.SessionId, welcome.Node, welcome.ServerVersion);
        if (Status.State != ConnectionState.Connected)
        {
            SetStatus(ConnectionState.Connected, null);
        }

        Track(Task.Run(() => RenewTokenAsync(session)));
    }

    /// <summary>Whether the end of a session is one that no new session can mend.</summary>
    private bool EndsClient(Fault cause) => cause.Retry switch
    {
        Retry.No => cause.Reason is not (ErrorReasons.Unreachable or ErrorReasons.TokenSourceFailed),
        Retry.FreshToken => !settings.Source.IsRenewable,
        _ => false,
    };

    /// <summary>
    /// Whether another attempt is useless after this failure. What may only be a wrong setting (a wrong address, a
    /// certificate, a token source that refuses) stops a client that has never been connected; one that has been goes
    /// on.
    /// </summary>
    private bool StopsAttempts(Fault failure) => EndsClient(failure) || (current is null && !failure.IsRetryable);
}
