namespace FastPubSub.Core;

internal sealed partial class Supervisor
{
    /// <summary>The state now.</summary>
    public ConnectionStatus Status
    {
        get
        {
            lock (gate)
            {
                return status;
            }
        }
    }

    /// <summary>Changes the state and tells the application.</summary>
    /// <param name="state">The state.</param>
    /// <param name="cause">Why.</param>
    /// <param name="lost">Changes it only if this session is still the newest, and to something new; null: always.</param>
    /// <returns>Whether the state was changed.</returns>
    private bool SetStatus(ConnectionState state, Fault? cause, Session? lost = null)
    {
        lock (gate)
        {
            if (lost is not null && (current != lost || status.State == state))
            {
                return false;
            }

            status = new ConnectionStatus(state, cause?.ToException());
            states.Tell(status);
        }

        if (state == ConnectionState.Connected)
        {
            connected.TrySetResult();
        }

        if (cause is null)
        {
            SupervisorLog.StateChanged(settings.Logger, state);
        }
        else
        {
            SupervisorLog.StateChangedBecause(settings.Logger, state, cause.ToString());
        }

        return true;
    }

    /// <summary>Keeps why the last attempt failed, without a change of state.</summary>
    private void NoteFailure(Fault cause)
    {
        lock (gate)
        {
            if (status.State != ConnectionState.Connected)
            {
                status = status with { Cause = cause.ToException() };
            }
        }
    }

    /// <summary>Tells the application of a failure that no call throws.</summary>
    private void Report(Fault failure)
    {
        if (!errors.Tell(failure.ToException()))
        {
            SupervisorLog.HandlerTooSlow(settings.Logger, failure.ToString());
        }
    }
}
