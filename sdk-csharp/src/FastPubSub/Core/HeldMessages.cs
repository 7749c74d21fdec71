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
    private readonly Dictionary<MessageId, LinkedListNode<HeldMessage>> position = [];
    private int bytes;

    public bool IsEmpty => position.Count == 0;

    public bool IsFull => position.Count >= MaxMessages || bytes >= MaxBytes;

    /// <summary>
    /// Holds a message back, after those that are held already. One that is held already, from a follower that has
    /// gone, keeps its place, and waits for these routes, too. The list is the store's from then on.
    /// </summary>
    public void Add(Message message, List<Route> routes)
    {
        if (position.TryGetValue(message.Id, out var node))
        {
            node.Value.Routes.AddRange(routes.Except(node.Value.Routes).ToArray());
            return;
        }

        position[message.Id] = order.AddLast(new HeldMessage(message, routes));
        bytes += message.Payload.Length;
    }

    /// <summary>Forgets a message for some routes, which have got it.</summary>
    public void Drop(MessageId id, Route[] routes)
    {
        if (!position.TryGetValue(id, out var node))
        {
            return;
        }

        node.Value.Routes.RemoveAll(route => Array.IndexOf(routes, route) >= 0);
        if (node.Value.Routes.Count == 0)
        {
            position.Remove(id);
            bytes -= node.Value.Message.Payload.Length;
            order.Remove(node);
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

/// <summary>One message that is held back.</summary>
/// <param name="Message">The message.</param>
/// <param name="Routes">Whom it is for; never empty.</param>
internal readonly record struct HeldMessage(Message Message, List<Route> Routes);
