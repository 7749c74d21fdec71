namespace FastPubSub.Core;

/// <summary>
/// The promise of a command's outcome: completed once, by whoever learns the outcome first. Anybody may wait.
/// </summary>
internal sealed class Receipt
{
    private readonly TaskCompletionSource<Fault?> outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The outcome: null for success. It never fails.</summary>
    public Task<Fault?> Outcome => outcome.Task;

    /// <summary>Sets the outcome; only the first call counts.</summary>
    public bool Complete(Fault? fault) => outcome.TrySetResult(fault);

    /// <summary>
    /// Waits for the outcome. When the token is cancelled first, the fault has the reason and says what was given up;
    /// the command goes on.
    /// </summary>
    public async Task<Fault?> WaitAsync(string reason, string text, CancellationToken cancellationToken)
    {
        try
        {
            return await outcome.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return outcome.Task.IsCompletedSuccessfully ? outcome.Task.Result : Fault.New(reason, text);
        }
    }
}
