using Microsoft.Extensions.Time.Testing;

namespace FastPubSub.Tests.Fakes;

/// <summary>
/// Time that stands still until the test moves it. A test waits until the code under test has set a timer, and only then
/// moves the time, so that no test sleeps.
/// </summary>
internal sealed class ManualTime : FakeTimeProvider
{
    private readonly object gate = new();
    private readonly List<TimeSpan> timers = [];
    private readonly List<(TimeSpan Due, TaskCompletionSource Set)> waiting = [];

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        lock (gate)
        {
            var index = waiting.FindIndex(waiter => waiter.Due == dueTime);
            if (index >= 0)
            {
                waiting[index].Set.SetResult();
                waiting.RemoveAt(index);
            }
            else
            {
                timers.Add(dueTime);
            }
        }

        return timer;
    }

    /// <summary>Waits until a timer of this length has been set; each timer counts once.</summary>
    public Task TimerAsync(TimeSpan due)
    {
        lock (gate)
        {
            if (timers.Remove(due))
            {
                return Task.CompletedTask;
            }

            var set = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            waiting.Add((due, set));
            return set.Task.Soon();
        }
    }

    /// <summary>Waits until a timer of this length has been set, and lets it go off.</summary>
    public async Task PassAsync(TimeSpan due)
    {
        await TimerAsync(due);
        Advance(due);
    }
}
