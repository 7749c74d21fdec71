namespace FastPubSub.Core;

/// <summary>A span of time as a cancellation token, which an outer token ends, too.</summary>
internal sealed class Deadline : IDisposable
{
    private readonly CancellationTokenSource timer;
    private readonly CancellationTokenSource both;

    public Deadline(TimeSpan span, TimeProvider time, params ReadOnlySpan<CancellationToken> outer)
    {
        timer = span > TimeSpan.Zero || span == Timeout.InfiniteTimeSpan
            ? new CancellationTokenSource(TimerSpan.Of(span), time)
            : new CancellationTokenSource();
        both = CancellationTokenSource.CreateLinkedTokenSource([timer.Token, .. outer]);
        if (span <= TimeSpan.Zero && span != Timeout.InfiniteTimeSpan)
        {
            timer.Cancel();
        }
    }

    public CancellationToken Token => both.Token;

    public void Dispose()
    {
        both.Dispose();
        timer.Dispose();
    }
}
