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
        var member = registry.Join("t", "a", new Inbox(new InboxLimits(int.MaxValue, int.MaxValue)));
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
        var member = registry.Join("t", "a", new Inbox(new InboxLimits(100, 100)));
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
        var a = registry.Join("t", "a", new Inbox(new InboxLimits(100, 100)));
        var b = registry.Join("t", "b", new Inbox(new InboxLimits(100, 100)));
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
        var member = registry.Join("t", "a", new Inbox(new InboxLimits(int.MaxValue, int.MaxValue)));
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

    [Fact]
    public void The_window_is_closed_when_nothing_can_be_under_way_any_more()
    {
        var member = registry.Join("t", "a", new Inbox(new InboxLimits(100, 100)));
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

    private Dispatcher.Feed Opened(Member member, ulong handle)
    {
        var feed = dispatcher.Open();
        feed.Bind(handle, member.Route);
        return feed;
    }
}
