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

    /// <summary>Delivers what the leader brings, to those that have not got it.</summary>
    private void Lead(Message message, ReadOnlySpan<ulong> handles)
    {
        window.TryGet(message.Id, out var got);
        var brought = leader!.Brings(handles);
        foreach (var route in brought)
        {
            if (!Has(got, route))
            {
                Deliver(route, message);
            }
        }

        window.Put(message.Id, Union(got, brought));
        if (follower is not null || !held.IsEmpty)
        {
            var wasFull = held.IsFull;
            held.Drop(message.Id, brought);
            if (wasFull)
            {
                TellChanged();
            }
        }
    }

    /// <summary>
    /// Delivers what the follower brings for routes that the leader does not have, holds back what is for the leader's
    /// routes, and drops what has been delivered. A message may have been delivered to some of its routes only: the
    /// leader's server ends one subscription after the other.
    /// </summary>
    private void Follow(Message message, ReadOnlySpan<ulong> handles)
    {
        List<Route>? waiting = null;
        List<Route>? direct = null;
        window.TryGet(message.Id, out var got);
        foreach (var route in follower!.Brings(handles))
        {
            if (Has(got, route))
            {
                continue;
            }

            if (leader!.Has(route))
            {
                (waiting ??= []).Add(route);
            }
            else
            {
                Deliver(route, message);
                (direct ??= []).Add(route);
            }
        }

        if (direct is not null)
        {
            window.Put(message.Id, Union(got, [.. direct]));
        }

        if (waiting is not null)
        {
            held.Add(message, waiting);
        }
    }

    private static bool Has(Route[]? routes, Route route) => routes is not null && Array.IndexOf(routes, route) >= 0;

    /// <summary>Both, each once; it changes neither.</summary>
    private static Route[] Union(Route[]? some, Route[] more) => some is null or [] ? more : [.. some.Union(more)];
}
