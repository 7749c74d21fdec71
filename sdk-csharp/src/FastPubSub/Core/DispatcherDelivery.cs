using FastPubSub.Wire;

namespace FastPubSub.Core;

internal sealed partial class Dispatcher
{
    /// <summary>
    /// Brings the deliveries from the given one on. It stops at one that there is no room for now; then there is a task
    /// to wait for.
    /// </summary>
    /// <returns>How many of the batch are done.</returns>
    private int Deliver(Feed feed, DeliveryBatch batch, int from, out Task? wait)
    {
        lock (gate)
        {
            CloseWindow();
            for (var i = from; i < batch.Count; i++)
            {
                if (feed == leader)
                {
                    Lead(batch.MessageAt(i), batch.HandlesAt(i));
                }
                else if (feed == follower && held.IsFull)
                {
                    changed ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                    wait = changed.Task;
                    return i;
                }
                else if (feed == follower)
                {
                    Follow(batch.MessageAt(i), batch.HandlesAt(i));
                }
            }

            wait = null;
            return batch.Count;
        }
    }

    /// <summary>Delivers what the leader brings, unless the former leader brought it.</summary>
    private void Lead(Message message, ReadOnlySpan<ulong> handles)
    {
        var again = window.Contains(message.Id);
        foreach (var handle in handles)
        {
            if (leader!.TryGetRoute(handle, out var route) && !(again && former.Contains(route)))
            {
                Deliver(route, message);
            }
        }

        window.Add(message.Id);
        if (follower is not null || !held.IsEmpty)
        {
            var wasFull = held.IsFull;
            held.Drop(message.Id);
            if (wasFull)
            {
                TellChanged();
            }
        }
    }

    /// <summary>
    /// Delivers what the follower brings for routes that the leader does not have, holds back what is for the leader's
    /// routes, and drops what the leader has brought.
    /// </summary>
    private void Follow(Message message, ReadOnlySpan<ulong> handles)
    {
        List<Route>? waiting = null;
        var again = window.Contains(message.Id);
        foreach (var handle in handles)
        {
            if (!follower!.TryGetRoute(handle, out var route))
            {
                continue;
            }

            if (!leader!.Has(route))
            {
                Deliver(route, message);
            }
            else if (!again)
            {
                (waiting ??= []).Add(route);
            }
        }

        if (waiting is not null)
        {
            held.Add(message, waiting);
        }
    }
}
