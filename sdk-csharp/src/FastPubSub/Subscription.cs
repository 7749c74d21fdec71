using System.Diagnostics;
using FastPubSub.Core;

namespace FastPubSub;

/// <summary>
/// What matches one pattern. Read it with <c>await foreach</c>: it yields every <see cref="Message"/> in order, and
/// <see cref="Lagged"/> where some were lost. It outlives lost connections. All methods may be called concurrently; each
/// event goes to one reader.
/// </summary>
[DebuggerDisplay("{ToString(),nq}")]
public sealed class Subscription : IAsyncEnumerable<SubscriptionEvent>, IAsyncDisposable
{
    private readonly Supervisor supervisor;
    private readonly Member member;

    internal Subscription(Supervisor supervisor, Member member)
    {
        this.supervisor = supervisor;
        this.member = member;
    }

    /// <summary>The tenant of the subscription.</summary>
    public string Tenant => member.Route.Tenant;

    /// <summary>The pattern of the subscription.</summary>
    public string Pattern => member.Route.Pattern;

    /// <summary>
    /// Reads the subscription. The loop ends without an exception after <see cref="DisposeAsync"/>,
    /// <see cref="UnsubscribeAsync"/> or the end of the client by the application. Leaving the loop early ends nothing:
    /// another loop goes on.
    /// </summary>
    /// <param name="cancellationToken">Ends the loop with <see cref="OperationCanceledException"/>.</param>
    /// <returns>The reader.</returns>
    /// <exception cref="FastPubSubException">While reading: why the server or the client ended the subscription.</exception>
    public async IAsyncEnumerator<SubscriptionEvent> GetAsyncEnumerator(CancellationToken cancellationToken = default)
    {
        var sleeper = new Signal();
        using var registration = cancellationToken.UnsafeRegister(static signal => ((Signal)signal!).Set(), sleeper);
        while (true)
        {
            if (cancellationToken.IsCancellationRequested)
            {
                member.Inbox.Leave(sleeper);
                Cancellation.ThrowIfRequested("the reader gave up; the subscription goes on", cancellationToken);
            }

            var next = member.Inbox.Take(sleeper, out var ended, out var cause);
            if (next is not null)
            {
                yield return next;
            }
            else if (ended)
            {
                if (cause is not null)
                {
                    throw cause.ToException();
                }

                yield break;
            }
            else
            {
                await sleeper.WaitAsync().ConfigureAwait(false);
            }
        }
    }

    /// <summary>
    /// Ends the subscription in order: it completes when the server has acknowledged that nothing more will come. What
    /// has come until then can still be read; then the reading loop ends.
    /// </summary>
    /// <param name="cancellationToken">Gives up waiting; the subscription has ended nevertheless.</param>
    /// <returns>A task that is complete when the server has acknowledged.</returns>
    /// <exception cref="FastPubSubException">The server could not be told.</exception>
    public Task UnsubscribeAsync(CancellationToken cancellationToken = default) => supervisor.UnsubscribeAsync(member, cancellationToken);

    /// <summary>
    /// Ends the subscription at once: what has come and was not read is gone. The server is told in the background.
    /// Again it does nothing.
    /// </summary>
    /// <returns>A completed task.</returns>
    public ValueTask DisposeAsync()
    {
        supervisor.Leave(member);
        return default;
    }

    /// <summary>Says what is subscribed to.</summary>
    /// <returns>The text, for logs.</returns>
    public override string ToString() => $"Subscription {{ Tenant = {Tenant}, Pattern = {Pattern} }}";
}
