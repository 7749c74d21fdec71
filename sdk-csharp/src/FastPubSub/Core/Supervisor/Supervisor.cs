using System.Diagnostics.CodeAnalysis;

namespace FastPubSub.Core;

/// <summary>
/// The life of a client: it keeps one session alive, makes a new one when a session is lost, moves without a gap when
/// a server asks for it, and owns what outlives a session. It knows no transport. All methods may be called
/// concurrently.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "A cancellation source without a timer holds nothing.")]
internal sealed partial class Supervisor
{
    // How long a session must have lived for earlier failures to be forgotten, so that a server which drops every
    // client at once is not stormed.
    private static readonly TimeSpan StableTime = TimeSpan.FromSeconds(10);

    private static readonly Fault ClosedByApplication = Fault.New(ErrorReasons.Closed, "the client has been closed");

    private readonly object gate = new();
    private readonly SupervisorSettings settings;
    private readonly SessionParts parts;
    private readonly Notifier<ConnectionStatus> states;
    private readonly Notifier<FastPubSubException> errors;
    private readonly CancellationTokenSource life = new(); // cancelled when the client is to end
    private readonly TaskCompletionSource lifeEnded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource connected = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<Task> running = [];
    private Task retired = Task.CompletedTask; // complete when no session is being retired; of the run task
    private volatile SessionLimits limits = SessionLimits.Default;
    private volatile Session? current; // the newest session; may have ended
    private ConnectionStatus status = new(ConnectionState.Connecting, null);
    private CancellationToken? closing; // bounds an orderly end; set by CloseAsync

    private Supervisor(SupervisorSettings settings)
    {
        this.settings = settings;
        states = new(settings.OnState, exception => SupervisorLog.HandlerFailed(settings.Logger, exception));
        errors = new(settings.OnError, exception => SupervisorLog.HandlerFailed(settings.Logger, exception));
        parts = new SessionParts(new Outbox(settings.Outbox), new Registry(), new Dispatcher(settings.Time), Report, settings.Time);
    }

    /// <summary>Complete when the client is CLOSED and nothing of it runs any more.</summary>
    public Task Done => done.Task;

    /// <summary>The round-trip time that was measured last; null when there is none.</summary>
    public TimeSpan? RoundTripTime => current?.RoundTripTime;

    /// <summary>
    /// Makes a client and waits until it is connected. It tries until the deadline is over or the token cancelled, or
    /// until there is a reason that makes further attempts useless.
    /// </summary>
    public static async Task<Supervisor> StartAsync(SupervisorSettings settings, TimeSpan connectTimeout, CancellationToken cancellationToken)
    {
        var supervisor = new Supervisor(settings);
        using var deadline = new Deadline(connectTimeout, settings.Time, cancellationToken);
        _ = Task.Run(supervisor.RunAsync, CancellationToken.None);
        try
        {
            await Task.WhenAny(supervisor.connected.Task, supervisor.Done).WaitAsync(deadline.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            var last = supervisor.Status.Cause;
            supervisor.EndLife();
            await supervisor.Done.ConfigureAwait(false);
            throw NotConnected(last, cancellationToken);
        }

        return supervisor.connected.Task.IsCompleted
            ? supervisor
            : throw (supervisor.Status.Cause ?? ClosedByApplication.ToException()).Fault.ToException();
    }

    /// <summary>What a caller gets who waited for a connection in vain.</summary>
    private static Exception NotConnected(FastPubSubException? last, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            var text = "the caller gave up before there was a connection" + (last is null ? string.Empty : $"; the last attempt: {last.Fault.Text}");
            return Cancellation.Translate(Fault.Wrap(last, ErrorReasons.Canceled, text), cancellationToken);
        }

        return (last is null
            ? Fault.New(ErrorReasons.TimedOut, "there was no answer yet when the waiting for a connection ended")
            : last.Fault.With($"no connection in time; the last attempt: {last.Fault.Text}", last.Fault.Cause)).ToException();
    }

    /// <summary>Keeps a session until the client ends.</summary>
    private async Task RunAsync()
    {
        Fault? cause;
        try
        {
            SetStatus(ConnectionState.Connecting, null);
            var outcome = await ConnectAsync(null, first: true).ConfigureAwait(false);
            while (outcome.Next is { } session)
            {
                outcome = await ServeAsync(session).ConfigureAwait(false);
            }

            cause = outcome.Cause;
        }
        catch (Exception exception) // a fault in here must not leave callers waiting
        {
            SupervisorLog.OwnFault(settings.Logger, exception);
            cause = Fault.Wrap(exception, ErrorReasons.Internal, "the client failed");
            if (current is { } last)
            {
                await last.AbortAsync(cause).ConfigureAwait(false);
            }
        }

        await ShutAsync(cause ?? ClosedByApplication).ConfigureAwait(false);
    }

    /// <summary>Looks after a session until another one takes its place, or until the client has to end.</summary>
    private async Task<(Session? Next, Fault? Cause)> ServeAsync(Session session)
    {
        using var serving = new CancellationTokenSource();
        try
        {
            var stable = Task.Delay(StableTime, settings.Time, serving.Token);
            while (true)
            {
                var departing = session.Departing.IsCompleted ? retired : session.Departing; // one move after the other
                await Task.WhenAny(stable, departing, session.Done, lifeEnded.Task).ConfigureAwait(false);
                if (stable.IsCompletedSuccessfully)
                {
                    settings.Backoff.Reset();
                    stable = lifeEnded.Task; // once
                }

                if (lifeEnded.Task.IsCompleted)
                {
                    await session.CloseAsync(ClosingTime()).ConfigureAwait(false);
                    return (null, ClosedByApplication);
                }

                if (session.Done.IsCompleted)
                {
                    return await ReconnectAsync(session).ConfigureAwait(false);
                }

                if (session.Departing.IsCompleted && retired.IsCompleted)
                {
                    return await MoveAsync(session).ConfigureAwait(false);
                }
            }
        }
        finally
        {
            await serving.CancelAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Keeps a task that the end of the client waits for.</summary>
    private void Track(Task task)
    {
        lock (gate)
        {
            running.RemoveAll(other => other.IsCompleted);
            running.Add(task);
        }
    }

    /// <summary>Waits; it is false when the client ends meanwhile.</summary>
    private async Task<bool> SleepAsync(TimeSpan wait, CancellationToken cancellationToken)
    {
        try
        {
            await Task.Delay(TimerSpan.Of(wait), settings.Time, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
