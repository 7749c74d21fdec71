using FastPubSub.Wire;

namespace FastPubSub.Core;

/// <summary>
/// The memory of the encoded messages in the outbox: blocks that many messages share, and that are used again when the
/// last of them has been sent. Its owner locks.
/// </summary>
internal sealed class Arena
{
    private const int BlockBytes = 64 << 10;

    // How many unused blocks are kept for later.
    private const int Kept = 16;

    private readonly Stack<Block> unused = new();
    private Block current = new(BlockBytes);

    /// <summary>The block to append a message of this size to, which the message then holds until it is released.</summary>
    public Block Hold(int size)
    {
        if (current.Buffer.Capacity - current.Buffer.Length < size)
        {
            current = size <= BlockBytes && unused.TryPop(out var block) ? block : new Block(Math.Max(BlockBytes, size));
        }

        current.Messages++;
        return current;
    }

    /// <summary>Says that a message does not need its block any more.</summary>
    public void Release(Block block)
    {
        if (--block.Messages > 0)
        {
            return;
        }

        block.Buffer.Clear();
        if (block != current && unused.Count < Kept && block.Buffer.Capacity == BlockBytes)
        {
            unused.Push(block);
        }
    }

    /// <summary>Memory that messages share.</summary>
    internal sealed class Block(int bytes)
    {
        public FrameBuffer Buffer { get; } = new(bytes);

        /// <summary>How many messages are in it.</summary>
        public int Messages { get; set; }
    }
}
