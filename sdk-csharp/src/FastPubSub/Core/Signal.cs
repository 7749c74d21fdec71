using System.Threading.Tasks.Sources;

namespace FastPubSub.Core;

/// <summary>
/// Wakes one sleeper. Set any number of times before the sleeper looks, it wakes it once. Neither setting nor waiting
/// allocates: the signal itself is the pool's work item. <see cref="Set"/> may be called concurrently;
/// <see cref="WaitAsync"/> is for one waiter at a time.
/// </summary>
internal sealed class Signal : IValueTaskSource, IThreadPoolWorkItem
{
    private const int Idle = 0;
    private const int Raised = 1;
    private const int Waiting = 2;

    private ManualResetValueTaskSourceCore<bool> core;
    private int state;

    /// <summary>Wakes the waiter, or the next one. It never runs the waiter's code itself.</summary>
    public void Set()
    {
        while (true)
        {
            switch (Volatile.Read(ref state))
            {
                case Raised:
                    return;
                case Idle when Interlocked.CompareExchange(ref state, Raised, Idle) == Idle:
                    return;
                case Waiting when Interlocked.CompareExchange(ref state, Idle, Waiting) == Waiting:
                    ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
                    return;
            }
        }
    }

    /// <summary>Waits until the signal is set.</summary>
    public ValueTask WaitAsync()
    {
        if (Interlocked.CompareExchange(ref state, Idle, Raised) == Raised)
        {
            return default;
        }

        core.Reset();
        if (Interlocked.CompareExchange(ref state, Waiting, Idle) == Idle)
        {
            return new ValueTask(this, core.Version);
        }

        Volatile.Write(ref state, Idle); // raised meanwhile
        return default;
    }

    void IThreadPoolWorkItem.Execute() => core.SetResult(true);

    void IValueTaskSource.GetResult(short token) => core.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => core.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        core.OnCompleted(continuation, state, token, flags);
}
