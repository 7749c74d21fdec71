using FastPubSub.Core;
using FastPubSub.Tests.Fakes;

namespace FastPubSub.Tests.Core;

/// <summary>The bounded buffer of a subscription: SDK-11.</summary>
public class InboxTests
{
    [Fact]
    public void SDK_11_the_limit_of_bytes_lets_the_oldest_go_but_never_the_last()
    {
        var inbox = new Inbox(new InboxLimits(100, 10), TimeProvider.System);
        inbox.Push(MessageOf(1, 6));
        inbox.Push(MessageOf(2, 6));
        inbox.Push(MessageOf(3, 50));
        Assert.Equal(2UL, Assert.IsType<Lagged>(Take(inbox)).Missed);
        Assert.Equal(3UL, Assert.IsType<Message>(Take(inbox)).Id.Sequence);
        Assert.Null(Take(inbox));
    }

    [Fact]
    public void SDK_11_losses_come_before_what_followed_them_and_add_up()
    {
        var inbox = new Inbox(new InboxLimits(2, 1000), TimeProvider.System);
        inbox.PushLost(5);
        inbox.Push(MessageOf(1, 1));
        inbox.PushLost(7);
        inbox.Push(MessageOf(2, 1));
        var here = Assert.IsType<Lagged>(Take(inbox));
        Assert.Equal((1UL, false), (here.Missed, here.AtServer));
        var there = Assert.IsType<Lagged>(Take(inbox));
        Assert.Equal((5UL, true), (there.Missed, there.AtServer));
        Assert.Equal(7UL, Assert.IsType<Lagged>(Take(inbox)).Missed);
        Assert.Equal(2UL, Assert.IsType<Message>(Take(inbox)).Id.Sequence);
    }

    [Fact]
    public void What_it_holds_can_be_read_after_an_end_and_not_after_a_close()
    {
        var inbox = new Inbox(new InboxLimits(10, 1000), TimeProvider.System);
        inbox.Push(MessageOf(1, 1));
        inbox.End(Fault.New(ErrorReasons.SubscribeDenied, "x"));
        inbox.Push(MessageOf(2, 1));
        Assert.Equal(1UL, Assert.IsType<Message>(Take(inbox)).Id.Sequence);
        Assert.Null(inbox.Take(new Signal(), out var ended, out var cause));
        Assert.True(ended);
        Assert.Equal(ErrorReasons.SubscribeDenied, cause?.Reason);

        var closed = new Inbox(new InboxLimits(10, 1000), TimeProvider.System);
        closed.Push(MessageOf(1, 1));
        closed.Close();
        Assert.Null(closed.Take(new Signal(), out ended, out cause));
        Assert.True(ended);
        Assert.Null(cause);
    }

    [Fact]
    public async Task Every_event_reaches_one_of_many_readers()
    {
        const int count = 20_000;
        var inbox = new Inbox(new InboxLimits(count, int.MaxValue), TimeProvider.System);
        var readers = Enumerable.Range(0, 4).Select(_ => Task.Run(ReadAsync)).ToArray();
        for (var i = 1UL; i <= count; i++)
        {
            inbox.Push(MessageOf(i, 0));
        }

        inbox.End(null);
        var read = (await Task.WhenAll(readers).Soon()).SelectMany(numbers => numbers).Order();
        Assert.Equal(Enumerable.Range(1, count).Select(i => (ulong)i), read);

        async Task<List<ulong>> ReadAsync()
        {
            var numbers = new List<ulong>();
            var sleeper = new Signal();
            while (true)
            {
                if (inbox.Take(sleeper, out var ended, out _) is Message message)
                {
                    numbers.Add(message.Id.Sequence);
                }
                else if (ended)
                {
                    return numbers;
                }
                else
                {
                    await sleeper.WaitAsync();
                }
            }
        }
    }

    private static SubscriptionEvent? Take(Inbox inbox) => inbox.Take(new Signal(), out _, out _);

    private static Message MessageOf(ulong number, int size) => new("t", "c", new byte[size], new MessageId(0, number), 0);
}
