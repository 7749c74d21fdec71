namespace FastPubSub.Tests.Fakes;

/// <summary>Bounds every waiting of a test, so that what never happens is a failure and no hang.</summary>
internal static class Patience
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    public static Task Soon(this Task task) => task.WaitAsync(Limit, TestContext.Current.CancellationToken);

    public static Task<T> Soon<T>(this Task<T> task) => task.WaitAsync(Limit, TestContext.Current.CancellationToken);

    public static Task Soon(this ValueTask task) => task.AsTask().Soon();

    public static Task<T> Soon<T>(this ValueTask<T> task) => task.AsTask().Soon();

    /// <summary>The reason with which a call fails.</summary>
    public static async Task<FastPubSubException> FailureOf(Task task) => await Assert.ThrowsAsync<FastPubSubException>(() => task.Soon());

    public static Task<FastPubSubException> FailureOf(ValueTask task) => FailureOf(task.AsTask());

    /// <summary>The SDK's reason inside the platform's exception of a call that was cancelled.</summary>
    public static async Task<string> CancellationOf(Task task)
    {
        var cancelled = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => task.Soon());
        return Assert.IsType<FastPubSubException>(cancelled.InnerException).Reason;
    }
}
