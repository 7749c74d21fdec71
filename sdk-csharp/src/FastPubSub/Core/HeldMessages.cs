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

    private readonly LinkedList<(Message Message, IReadOnlyList<Route> Routes)> order = new();
    private readonly Dictionary<MessageId, LinkedListNode<(Message Message, IReadOnlyList<Route> Routes)>> position = [];
    private int bytes;

    public bool IsEmpty => position.Count == 0;

    public bool IsFull => position.Count >= MaxMessages || bytes >= MaxBytes;

    /// <summary>
    /// Holds a message back, after those that are held already. One that is held already, from a follower that has
    /// gone, is not added again.
    /// </summary>
    public void Add(Message message, IReadOnlyList<Route> routes)
    {
        if (!position.ContainsKey(message.Id))
        {
            position[message.Id] = order.AddLast((message, routes));
            bytes += message.Payload.Length;
        }
    }

    /// <summary>Forgets a message.</summary>
    public void Drop(MessageId id)
    {
        if (position.Remove(id, out var node))
        {
            bytes -= node.Value.Message.Payload.Length;
            order.Remove(node);
        }
    }

    /// <summary>Empties the store and gives what was in it, in order.</summary>
    public IReadOnlyList<(Message Message, IReadOnlyList<Route> Routes)> TakeAll()
    {
        var all = order.ToArray();
        order.Clear();
        position.Clear();
        bytes = 0;
        return all;
    }
}
