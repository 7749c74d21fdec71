namespace FastPubSub.Core;

/// <summary>
/// What a follower has brought and the leader has not: a queue from which messages are mostly dropped at the front,
/// because both bring the same. Its owner locks.
/// </summary>
internal sealed class HeldMessages
{
    // How much is held back at most: as much as a server queues for one connection by default.
    private const int MaxMessages = 65536;
    private const int MaxBytes = 8 << 20;

    private readonly LinkedList<HeldMessage> order = new();
    private readonly Dictionary<MessageId, LinkedListNode<HeldMessage>> position = []; // the last entry of each message
    private int bytes;

    public bool IsEmpty => position.Count == 0;

    public bool IsFull => position.Count >= MaxMessages || bytes >= MaxBytes;

    /// <summary>
    /// Holds a message back, after those that are held already, for the routes for which it is not held yet. The list is
    /// the store's from then on.
    /// </summary>
    public void Add(Message message, List<Route> routes)
    {
        position.TryGetValue(message.Id, out var earlier);
        for (var node = earlier; node is not null; node = node.Value.Earlier)
        {
            var others = node.Value.Routes;
            routes.RemoveAll(others.Contains);
        }

        if (routes.Count > 0)
        {
            position[message.Id] = order.AddLast(new HeldMessage(message, routes, earlier));
            bytes += message.Payload.Length;
        }
    }

    /// <summary>Forgets a message for some routes, which have got it.</summary>
    public void Drop(MessageId id, Route[] routes)
    {
        if (!position.TryGetValue(id, out var last))
        {
            return;
        }

        var left = false;
        for (var node = last; node is not null; node = node.Value.Earlier)
        {
            var waiting = node.Value.Routes;
            waiting.RemoveAll(route => Array.IndexOf(routes, route) >= 0);
            left |= waiting.Count > 0;
            if (waiting.Count == 0 && node.List is not null)
            {
                bytes -= node.Value.Message.Payload.Length;
                order.Remove(node);
            }
        }

        if (!left)
        {
            position.Remove(id);
        }
    }

    /// <summary>Empties the store and gives what was in it, in order.</summary>
    public IReadOnlyList<HeldMessage> TakeAll()
    {
        var all = order.ToArray();
        order.Clear();
        position.Clear();
        bytes = 0;
        return all;
    }
}

/// <summary>
/// One message that is held back for some routes. A message has more than one entry when a follower has gone, and the next
/// one brings it for more routes: each route has its messages in the order of the follower that brought them.
/// </summary>
/// <param name="Message">The message.</param>
/// <param name="Routes">Whom it is for; empty: it has been dropped.</param>
/// <param name="Earlier">The entry before this one, or null.</param>
internal readonly record struct HeldMessage(Message Message, List<Route> Routes, LinkedListNode<HeldMessage>? Earlier);
