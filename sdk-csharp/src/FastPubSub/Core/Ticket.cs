using System.Threading.Tasks.Sources;
using FastPubSub.Wire;

namespace FastPubSub.Core;

/// <summary>
/// A publish on its way: it waits for room, is queued, is sent, and completes once. It is the awaitable that the caller
/// gets, and one allocation in all. The fields that are not readonly are the outbox's.
/// </summary>
internal sealed class Ticket(Outbox outbox, Publication message, bool acknowledged) : IValueTaskSource, IThreadPoolWorkItem
{
    private ManualResetValueTaskSourceCore<bool> core;
    private Fault? fault;
    private int completed;
    private CancellationToken cancellation;
    private CancellationTokenRegistration registration;
    private ITimer? timer;

    /// <summary>Whether the server is asked for an acknowledgement.</summary>
    public bool Acknowledged { get; } = acknowledged;

    /// <summary>The message, as long as it waits for room.</summary>
    public Publication Message { get; set; } = message;

    /// <summary>Encoded bytes in the queue.</summary>
    public int Size { get; set; }

    public TicketStage Stage { get; set; }

    public bool IsCompleted => Volatile.Read(ref completed) != 0;

    /// <summary>The outcome as an awaitable, for one await.</summary>
    public ValueTask AsValueTask() => new(this, core.Version);

    /// <summary>
    /// Sets the outcome, null for success; only the first call counts. The waiter goes on in the thread pool, never
    /// here.
    /// </summary>
    public bool Complete(Fault? outcome)
    {
        if (Interlocked.CompareExchange(ref completed, 1, 0) != 0)
        {
            return false;
        }

        fault = outcome;
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        return true;
    }

    /// <summary>Lets the caller's token and timeout end the waiting. Called once, after the publish.</summary>
    public void Watch(TimeSpan? timeout, TimeProvider time, CancellationToken cancellationToken)
    {
        if (!cancellationToken.CanBeCanceled && timeout is null)
        {
            return;
        }

        lock (this)
        {
            cancellation = cancellationToken;
            registration = cancellationToken.UnsafeRegister(
                static ticket => ((Ticket)ticket!).GiveUp(ErrorReasons.Canceled, "the caller gave up"), this);
            if (timeout is { } span)
            {
                timer = time.CreateTimer(
                    static ticket => ((Ticket)ticket!).GiveUp(ErrorReasons.TimedOut, "the publish's timeout passed"), this, TimerSpan.Of(span), Timeout.InfiniteTimeSpan);
            }
        }

        if (IsCompleted)
        {
            Unwatch();
        }
    }

    void IThreadPoolWorkItem.Execute()
    {
        Unwatch();
        core.SetResult(true);
    }

    void IValueTaskSource.GetResult(short token)
    {
        core.GetResult(token);
        if (fault is not null)
        {
            throw Cancellation.Translate(fault, cancellation);
        }
    }

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token)
    {
        var status = core.GetStatus(token);
        return status == ValueTaskSourceStatus.Succeeded && fault is not null ? ValueTaskSourceStatus.Faulted : status;
    }

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        core.OnCompleted(continuation, state, token, flags);

    private void GiveUp(string reason, string text)
    {
        if (!outbox.Withdraw(this, Fault.New(reason, $"{text}; the message was not sent")))
        {
            Complete(Fault.New(reason, $"{text} after the message had been sent and before it was acknowledged; it may have been delivered"));
        }
    }

    private void Unwatch()
    {
        lock (this)
        {
            registration.Unregister();
            timer?.Dispose();
        }
    }
}
