using System.Threading.Channels;

namespace FastPubSub.Core;

/// <summary>
/// Calls the application's handler, one call after the other and in order, without letting it hold up the connection.
/// </summary>
/// <typeparam name="T">What the handler is told.</typeparam>
internal sealed class Notifier<T>
{
    // How many calls may wait for a handler that takes its time.
    private const int PendingLimit = 1024;

    private readonly Channel<T> pending = Channel.CreateBounded<T>(new BoundedChannelOptions(PendingLimit) { SingleReader = true });
    private readonly Action<T> handler;
    private readonly Action<Exception> onFailure;

    /// <param name="handler">The application's.</param>
    /// <param name="onFailure">Told what the handler throws.</param>
    public Notifier(Action<T> handler, Action<Exception> onFailure)
    {
        this.handler = handler;
        this.onFailure = onFailure;
        _ = Task.Run(RunAsync);
    }

    /// <summary>Tells the handler soon, after everything that it was told before. It is false when very much waits already.</summary>
    public bool Tell(T news) => pending.Writer.TryWrite(news);

    /// <summary>Ends, after everything that the handler has to be told. It does not wait for the handler.</summary>
    public void Complete() => pending.Writer.TryComplete();

    private async Task RunAsync()
    {
        await foreach (var news in pending.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            try
            {
                handler(news);
            }
            catch (Exception exception) // the application's own; it must not end the notifications
            {
                onFailure(exception);
            }
        }
    }
}
