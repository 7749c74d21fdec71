using FastPubSub.Core;
using FastPubSub.Tests.Fakes;
using FastPubSub.V1;
using FastPubSub.Wire;

namespace FastPubSub.Tests.Core;

/// <summary>The queue of what the client sends: SDK-5, SDK-6, SDK-8.</summary>
public class OutboxTests
{
    private readonly Outbox outbox = new(new OutboxLimits(100, 10_000));
    private readonly Consumer consumer = new();
    private readonly OutboxBatch batch = new();

    [Fact]
    public void SDK_6_everything_pending_goes_out_as_one_frame_in_order()
    {
        outbox.Attach(consumer);
        Publish("a", acknowledge: true);
        Publish("b", acknowledge: false);
        Publish("c", acknowledge: true);
        Assert.Equal(["a", "b", "c"], Taken().Select(message => message.Channel));
        Assert.Equal(2, batch.Acknowledgements.Count);
        Assert.Equal(1, batch.Unacknowledged);
        Assert.False(outbox.Take(consumer, int.MaxValue, batch));
    }

    [Fact]
    public void Commands_keep_their_place_between_publishes()
    {
        outbox.Attach(consumer);
        Publish("a", acknowledge: false);
        outbox.Ping();
        Publish("b", acknowledge: false);
        Assert.Equal("a", Assert.Single(Taken()).Channel);
        Assert.True(outbox.Take(consumer, int.MaxValue, batch));
        Assert.NotNull(batch.Command);
        Assert.True(batch.Frame.IsEmpty);
        Assert.Equal("b", Assert.Single(Taken()).Channel);
    }

    [Fact]
    public void Only_the_consumer_takes()
    {
        Publish("a", acknowledge: true);
        Assert.False(outbox.Take(consumer, int.MaxValue, batch));
        outbox.Attach(new Consumer());
        Assert.False(outbox.Take(consumer, int.MaxValue, batch));
        outbox.Attach(consumer);
        Assert.Single(Taken());
    }

    [Fact]
    public async Task What_is_too_long_for_the_frames_of_this_server_is_refused_and_holds_nothing_up()
    {
        outbox.Attach(consumer);
        var large = Publish("a", acknowledge: true, 500)!.AsValueTask();
        Publish("b", acknowledge: false, 500);
        Publish("c", acknowledge: false);
        Assert.Equal("c", Assert.Single(Taken(maxFrame: 100)).Channel);
        Assert.Equal(1, batch.TooLarge);
        Assert.Equal(ErrorReasons.PayloadTooLarge, (await Patience.FailureOf(large)).Reason);
    }

    [Fact]
    public async Task SDK_8_room_is_given_in_the_order_of_the_calls()
    {
        outbox.Attach(consumer);
        for (var i = 0; i < 100; i++)
        {
            Publish($"full{i}", acknowledge: true);
        }

        var waiting = Publish("first", acknowledge: false)!;
        var second = Publish("second", acknowledge: true)!;
        Assert.Equal(100, Taken().Count);
        outbox.Release(1);
        await waiting.AsValueTask().Soon();
        Assert.Equal("first", Assert.Single(Taken()).Channel);
        Assert.Equal("second", Assert.Single(Taken()).Channel);
        Assert.False(second.IsCompleted);
    }

    [Fact]
    public async Task SDK_8_whoever_waits_for_room_is_refused_when_the_connection_is_gone()
    {
        outbox.Attach(consumer);
        for (var i = 0; i < 100; i++)
        {
            Publish("full", acknowledge: true);
        }

        var waiting = Publish("late", acknowledge: true)!.AsValueTask();
        outbox.Detach(consumer);
        Assert.Equal(ErrorReasons.BufferFull, (await Patience.FailureOf(waiting)).Reason);
    }

    [Fact]
    public async Task SDK_8_what_is_queued_at_the_end_fails_and_what_was_promised_is_counted()
    {
        outbox.Attach(consumer);
        var acknowledged = Publish("a", acknowledge: true)!.AsValueTask();
        Publish("b", acknowledge: false);
        var ping = outbox.Ping();
        var reason = Fault.New(ErrorReasons.Closed, "x");
        Assert.Equal(1, outbox.Fail(reason));
        Assert.Equal(ErrorReasons.Closed, (await Patience.FailureOf(acknowledged)).Reason);
        Assert.Same(reason, await ping.Outcome.Soon());
        Assert.Same(reason, await outbox.Ping().Outcome.Soon());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void SDK_8_nothing_is_lost_doubled_or_reordered(int seed)
    {
        var random = new Random(seed);
        var expected = new List<string>();
        var got = new List<string>();
        outbox.Attach(consumer);
        for (var i = 0; i < 3000; i++)
        {
            var acknowledge = random.Next(2) == 0;
            var ticket = Publish($"c{i}", acknowledge, random.Next(300));
            if (ticket is not null && random.Next(10) == 0 && outbox.Withdraw(ticket, Fault.New(ErrorReasons.Canceled, "x")))
            {
                ticket = null;
            }
            else
            {
                expected.Add($"c{i}");
            }

            if (random.Next(20) == 0)
            {
                TakeAll();
            }
        }

        TakeAll();
        Assert.Equal(expected, got);
        Assert.False(outbox.HasPublishes);

        void TakeAll()
        {
            while (outbox.Take(consumer, 2000, batch))
            {
                Assert.True(batch.Frame.Length <= 2000);
                got.AddRange(SessionRequest.Parser.ParseFrom(batch.Frame.Span).Publish.Messages.Select(message => message.Channel));
                outbox.Release(batch.Acknowledgements.Count);
            }
        }
    }

    private Ticket? Publish(string channel, bool acknowledge, int size = 3) =>
        outbox.Publish(new Publication("t", channel, new byte[size], DeliveryMode.Broadcast), acknowledge);

    private List<OutgoingMessage> Taken(int maxFrame = int.MaxValue)
    {
        Assert.True(outbox.Take(consumer, maxFrame, batch));
        return [.. SessionRequest.Parser.ParseFrom(batch.Frame.Span).Publish.Messages];
    }
}
