using FastPubSub.Core;
using FastPubSub.Tests.Fakes;
using FastPubSub.Wire;

namespace FastPubSub.Tests.Core;

/// <summary>Each message once and in order while two connections deliver: SDK-9.</summary>
public class DispatcherTests
{
    private readonly ManualTime time = new();
    private readonly Dispatcher dispatcher;
    private readonly Registry registry = new();

    public DispatcherTests() => dispatcher = new Dispatcher(time);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void SDK_9_two_connections_at_any_speed_show_every_message_once_and_in_order(int seed)
    {
        var random = new Random(seed);
        var member = registry.Join("t", "a", new Inbox(new InboxLimits(int.MaxValue, int.MaxValue), TimeProvider.System));
        var feed = Opened(member, 1);
        var number = 0UL;
        for (var round = 0; round < 20; round++)
        {
            for (var i = random.Next(20); i > 0; i--)
            {
                Deliver(feed, ++number, 1);
            }

            var next = Opened(member, 1);
            ulong old = number, young = number;
            var last = number + (ulong)random.Next(40);
            while (old < last || young < last)
            {
                if (old < last && (young == last || random.Next(2) == 0))
                {
                    Deliver(feed, ++old, 1);
                }
                else
                {
                    Deliver(next, ++young, 1);
                }
            }

            feed.Finish();
            Deliver(next, last, 1); // late, and known
            (feed, number) = (next, last);
        }

        Assert.Equal(Enumerable.Range(1, (int)number).Select(i => (ulong)i), Read(member));
    }

    [Fact]
    public void SDK_9_what_only_the_new_connection_has_brought_is_shown_when_the_old_one_has_finished()
    {
        var member = registry.Join("t", "a", new Inbox(new InboxLimits(100, 100), TimeProvider.System));
        var old = Opened(member, 1);
        var next = Opened(member, 9);
        Deliver(old, 1, 1);
        Deliver(next, 1, 9);
        Deliver(next, 2, 9);
        Assert.Equal([1UL], Read(member));
        old.Finish();
        Assert.Equal([2UL], Read(member));
    }

    [Fact]
    public void A_route_that_only_the_new_connection_has_is_served_at_once()
    {
        var a = registry.Join("t", "a", new Inbox(new InboxLimits(100, 100), TimeProvider.System));
        var b = registry.Join("t", "b", new Inbox(new InboxLimits(100, 100), TimeProvider.System));
        Opened(a, 1);
        var next = Opened(a, 1);
        next.Bind(2, b.Route);
        Deliver(next, 1, 1, 2);
        Assert.Empty(Read(a));
        Assert.Equal([1UL], Read(b));
    }

    [Fact]
    public async Task A_connection_that_is_very_far_ahead_waits_for_the_old_one()
    {
        var member = registry.Join("t", "a", new Inbox(new InboxLimits(int.MaxValue, int.MaxValue), TimeProvider.System));
        var old = Opened(member, 1);
        var next = Opened(member, 1);
        var waiting = Task.CompletedTask;
        var count = 0UL;
        while (waiting.IsCompleted)
        {
            waiting = next.DeliverAsync(BatchOf(++count, 1)).AsTask();
        }

        Assert.Equal(65537UL, count);
        Deliver(old, 1, 1);
        await waiting.Soon();
        old.Finish();
        Assert.Equal(Enumerable.Range(1, (int)count).Select(i => (ulong)i), Read(member));
    }

    /// <summary>
    /// Two connections bring the same messages, each in order, at speeds of their own; the old one's server ends one
    /// subscription after the other, anywhere between two messages; a follower may break, and the next one begins anew.
    /// </summary>
    [Fact]
    public void SDK_9_subscriptions_that_end_one_after_the_other_lose_and_repeat_nothing()
    {
        for (var seed = 0; seed < 300; seed++)
        {
            new Move(seed).Run();
        }
    }

    [Fact]
    public void SDK_9_a_message_that_the_old_connection_brings_to_some_routes_only_is_not_lost_for_the_rest()
    {
        var (a, b) = (Join("a"), Join("b"));
        var old = Opened(a, 1);
        old.Bind(2, b.Route);
        var next = Opened(a, 8);
        next.Bind(9, b.Route);
        Deliver(next, 1, 8, 9);
        Deliver(old, 1, 2); // the old server has ended the subscription to a
        Deliver(next, 2, 8, 9);
        old.Finish();
        Deliver(next, 2, 8, 9);
        Assert.Equal([1UL, 2UL], Read(a));
        Assert.Equal([1UL, 2UL], Read(b));
    }

    [Fact]
    public void SDK_9_what_a_broken_follower_held_for_one_route_is_held_for_those_that_its_successor_adds()
    {
        var (a, b) = (Join("a"), Join("b"));
        var old = Opened(a, 1);
        old.Bind(2, b.Route);
        var broken = Opened(a, 8); // has not got b yet when the message is published
        Deliver(broken, 1, 8);
        broken.Finish();
        var next = Opened(a, 8);
        next.Bind(9, b.Route);
        Deliver(next, 1, 8, 9);
        old.Finish();
        Assert.Equal([1UL], Read(a));
        Assert.Equal([1UL], Read(b));
    }

    [Fact]
    public void SDK_9_each_route_has_its_messages_in_the_order_of_the_follower_that_brought_them()
    {
        var (a, b) = (Join("a"), Join("b"));
        var old = Opened(a, 1);
        old.Bind(2, b.Route);
        var broken = Opened(a, 70);
        Deliver(broken, 2, 70);
        Deliver(broken, 4, 70);
        broken.Finish();
        var next = Opened(a, 90);
        next.Bind(91, b.Route);
        Deliver(next, 2, 90, 91);
        Deliver(next, 3, 91);
        Deliver(next, 4, 90, 91);
        Deliver(old, 1, 1, 2);
        Deliver(old, 2, 1); // the old server has ended the subscription to b
        old.Finish();
        Deliver(next, 5, 90, 91);
        Assert.Equal([1UL, 2UL, 4UL, 5UL], Read(a));
        Assert.Equal([1UL, 2UL, 3UL, 4UL, 5UL], Read(b));
    }

    [Fact]
    public void DL_2_one_delivery_reaches_all_its_routes_and_a_route_that_has_ended_no_more()
    {
        var (a, b, c) = (Join("a"), Join("b"), Join("c"));
        var feed = Opened(a, 1);
        feed.Bind(2, b.Route);
        feed.Bind(3, c.Route);
        Deliver(feed, 1, 1, 2);
        Deliver(feed, 2, 2, 3);
        feed.Unbind(c.Route);
        Deliver(feed, 3, 2, 3);
        Deliver(feed, 4, 3);
        Assert.Equal([1UL], Read(a));
        Assert.Equal([1UL, 2UL, 3UL], Read(b));
        Assert.Equal([2UL], Read(c));
    }

    [Fact]
    public void An_attempt_that_failed_does_not_wipe_the_window()
    {
        var member = Join("a");
        var old = Opened(member, 1);
        Deliver(old, 1, 1);
        old.Finish();
        dispatcher.Open().Finish();
        var next = Opened(member, 9);
        Deliver(next, 1, 9);
        Deliver(next, 2, 9);
        Assert.Equal([1UL, 2UL], Read(member));
    }

    [Fact]
    public void The_leader_breaks_while_there_is_no_follower_any_more()
    {
        var member = Join("a");
        var old = Opened(member, 1);
        var broken = Opened(member, 7);
        Deliver(old, 1, 1);
        Deliver(broken, 2, 7);
        broken.Finish();
        old.Finish();
        old.Finish();
        var next = Opened(member, 9);
        Deliver(next, 1, 9);
        Deliver(next, 2, 9);
        Deliver(next, 3, 9);
        Assert.Equal([1UL, 2UL, 3UL], Read(member));
    }

    [Fact]
    public void The_window_is_closed_when_nothing_can_be_under_way_any_more()
    {
        var member = registry.Join("t", "a", new Inbox(new InboxLimits(100, 100), TimeProvider.System));
        var old = Opened(member, 1);
        Deliver(old, 1, 1);
        old.Finish();
        var next = Opened(member, 1);
        Deliver(next, 1, 1);
        time.Advance(TimeSpan.FromSeconds(31));
        Deliver(next, 1, 1);
        Assert.Equal([1UL, 1UL], Read(member));
    }

    private static void Deliver(Dispatcher.Feed feed, ulong number, params ulong[] handles) =>
        Assert.True(feed.DeliverAsync(BatchOf(number, handles)).IsCompletedSuccessfully);

    private static DeliveryBatch BatchOf(ulong number, params ulong[] handles)
    {
        var batch = new DeliveryBatch();
        foreach (var handle in handles)
        {
            batch.AddHandle(handle);
        }

        batch.Add(new Message("t", "a", default, new MessageId(1, number), 0));
        return batch;
    }

    private static List<ulong> Read(Member member)
    {
        var numbers = new List<ulong>();
        while (member.Inbox.Take(new Signal(), out _, out _) is Message message)
        {
            numbers.Add(message.Id.Sequence);
        }

        return numbers;
    }

    private Member Join(string pattern) => registry.Join("t", pattern, new Inbox(new InboxLimits(int.MaxValue, int.MaxValue), TimeProvider.System));

    private Dispatcher.Feed Opened(Member member, ulong handle)
    {
        var feed = dispatcher.Open();
        feed.Bind(handle, member.Route);
        return feed;
    }

    /// <summary>A move of three subscriptions, at random.</summary>
    private sealed class Move
    {
        private const int Patterns = 3;

        private readonly Random random;
        private readonly DispatcherTests bench = new();
        private readonly Member[] members;
        private readonly int total;
        private readonly int joined; // the new connection has what comes from here on
        private readonly int[] ends = new int[Patterns]; // the old one has what comes before, for each pattern

        public Move(int seed)
        {
            random = new Random(seed);
            members = [.. Enumerable.Range(0, Patterns).Select(i => bench.Join("p" + i))];
            total = random.Next(1, 40);
            joined = random.Next(total);
            for (var i = 0; i < Patterns; i++)
            {
                ends[i] = joined + random.Next(total - joined + 1);
            }
        }

        public void Run()
        {
            var (old, next) = (Feed(1), (Dispatcher.Feed?)null);
            var (oldNext, newNext, finished) = (0, joined, false);
            while (!finished || newNext < total)
            {
                switch (random.Next(12))
                {
                    case < 5 when !finished && oldNext < total:
                        DeliverTo(old, 1, oldNext++, Matching(oldNext - 1).Where(i => oldNext - 1 < ends[i]));
                        break;
                    case < 6 when !finished && oldNext == total && next is not null:
                        old.Finish();
                        finished = true;
                        break;
                    case 6 when !finished:
                        next?.Finish(); // it breaks; its successor begins where the old one has not been yet
                        (next, newNext) = (null, Math.Max(joined, Math.Min(newNext, oldNext)));
                        break;
                    default:
                        next ??= oldNext >= joined || random.Next(3) == 0 ? Feed(70) : null;
                        if (next is not null && newNext < total)
                        {
                            DeliverTo(next, 70, newNext++, Matching(newNext - 1));
                        }

                        break;
                }
            }

            for (var i = 0; i < Patterns; i++)
            {
                Assert.Equal(Enumerable.Range(0, total).Where(number => Matching(number).Contains(i)).Select(number => (ulong)number), Read(members[i]));
            }
        }

        private Dispatcher.Feed Feed(ulong handle)
        {
            var feed = bench.dispatcher.Open();
            for (var i = 0; i < Patterns; i++)
            {
                feed.Bind(handle + (ulong)i, members[i].Route);
            }

            return feed;
        }

        private static void DeliverTo(Dispatcher.Feed feed, ulong handle, int number, IEnumerable<int> patterns)
        {
            var handles = patterns.Select(i => handle + (ulong)i).ToArray();
            if (handles.Length > 0)
            {
                Deliver(feed, (ulong)number, handles);
            }
        }

        /// <summary>Which patterns a message matches: each at least sometimes alone, mostly several.</summary>
        private static IEnumerable<int> Matching(int number) => Enumerable.Range(0, Patterns).Where(i => (number * 7 + i * 5) % 4 != 0 || number % 3 == i);
    }
}
