using FastPubSub.Core;
using FastPubSub.Tests.Fakes;

namespace FastPubSub.Tests.Core;

/// <summary>The queue under a subscription, compared with a plain one; and the memory that it keeps.</summary>
public class EventRingTests
{
    private const int Kept = 1024;

    private readonly ManualTime time = new();
    private readonly EventRing ring;
    private ulong last;

    public EventRingTests() => ring = new EventRing(time);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void The_ring_is_a_queue(int seed)
    {
        var random = new Random(seed);
        var model = new Queue<SubscriptionEvent>();
        for (var step = 0; step < 2000; step++)
        {
            for (var i = random.Next(8) == 0 ? random.Next(5000) : random.Next(4); i > 0; i--)
            {
                var message = Next();
                ring.Push(message);
                model.Enqueue(message);
            }

            for (var i = random.Next(4) == 0 ? model.Count : random.Next(5); i > 0 && model.Count > 0; i--)
            {
                Assert.Same(model.Dequeue(), ring.Pop());
            }

            if (random.Next(200) == 0)
            {
                ring.Clear();
                model.Clear();
            }

            Assert.Equal(model.Count, ring.Count);
            time.Advance(TimeSpan.FromSeconds(random.Next(3)));
        }
    }

    [Fact]
    public void The_ring_is_not_made_anew_while_it_is_in_use()
    {
        Burst(3000);
        for (var i = 0; i < 100; i++)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            Burst(i % 4 == 0 ? 2000 : 1); // mostly unused, but never for long
            Assert.Equal(4096, ring.Capacity);
        }
    }

    [Fact]
    public void Memory_that_has_not_been_needed_for_a_while_is_given_back_step_by_step()
    {
        Burst(10000);
        Assert.Equal(16384, ring.Capacity);
        Burst(1);
        for (var expected = 8192; expected >= Kept; expected /= 2)
        {
            time.Advance(TimeSpan.FromSeconds(5));
            Burst(1);
            Assert.Equal(expected, ring.Capacity);
        }

        time.Advance(TimeSpan.FromSeconds(50));
        Burst(1);
        Assert.Equal(Kept, ring.Capacity);
    }

    private Message Next() => new("t", "a", default, new MessageId(1, ++last), 0);

    /// <summary>So many messages come, and then they are read.</summary>
    private void Burst(int messages)
    {
        for (var i = 0; i < messages; i++)
        {
            ring.Push(Next());
        }

        while (ring.Count > 0)
        {
            ring.Pop();
        }
    }
}
