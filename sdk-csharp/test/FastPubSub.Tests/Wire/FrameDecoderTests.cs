using FastPubSub.V1;
using FastPubSub.Wire;
using Google.Protobuf;

namespace FastPubSub.Tests.Wire;

/// <summary>Frames are read as protobuf's own reader reads them, whatever is in them: SF-13.</summary>
public class FrameDecoderTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Deliveries_are_read_as_protobuf_reads_them(int seed)
    {
        var random = new Random(seed);
        var decoder = new FrameDecoder();
        for (var i = 0; i < 200; i++)
        {
            var response = new SessionResponse { Deliveries = DeliveriesOf(random) };
            Assert.True(decoder.TryDecode(response.ToByteArray(), out var batch, out var other));
            Assert.Null(other);
            Compare(response.Deliveries, batch!);
        }
    }

    [Fact]
    public void Several_deliveries_in_one_frame_add_up()
    {
        var random = new Random(1);
        var (first, second) = (DeliveriesOf(random), DeliveriesOf(random));
        byte[] frame = [.. new SessionResponse { Deliveries = first }.ToByteArray(), .. new SessionResponse { Deliveries = second }.ToByteArray()];
        Assert.True(new FrameDecoder().TryDecode(frame, out var batch, out _));
        first.MergeFrom(second);
        Compare(first, batch!);
    }

    [Fact]
    public void Payloads_that_are_kept_do_not_change()
    {
        var decoder = new FrameDecoder();
        var response = new SessionResponse { Deliveries = new() };
        response.Deliveries.Messages.Add(Enumerable.Range(0, 300).Select(i => new Delivery { Payload = ByteString.CopyFromUtf8($"payload {i}") }));
        Assert.True(decoder.TryDecode(response.ToByteArray(), out var batch, out _));
        var kept = Enumerable.Range(0, 300).Select(batch!.MessageAt).ToArray();
        for (var i = 0; i < 3; i++)
        {
            Assert.True(decoder.TryDecode(new SessionResponse { Deliveries = DeliveriesOf(new Random(i)) }.ToByteArray(), out _, out _));
        }

        Assert.Equal(Enumerable.Range(0, 300).Select(i => $"payload {i}"), kept.Select(message => System.Text.Encoding.UTF8.GetString(message.Payload.Span)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Damaged_frames_never_throw_and_agree_with_protobuf(int seed)
    {
        var random = new Random(seed);
        var decoder = new FrameDecoder();
        for (var i = 0; i < 20_000; i++)
        {
            var frame = new SessionResponse { Deliveries = DeliveriesOf(random, 3) }.ToByteArray();
            for (var damage = random.Next(1, 4); damage > 0 && frame.Length > 0; damage--)
            {
                frame[random.Next(frame.Length)] = (byte)random.Next(256);
            }

            frame = random.Next(4) == 0 ? frame[..random.Next(frame.Length + 1)] : frame;
            if (decoder.TryDecode(frame, out var batch, out _) && batch is not null && Parsed(frame) is { Deliveries: { } expected })
            {
                Compare(expected, batch);
            }
        }
    }

    [Fact]
    public void Other_events_come_as_the_contracts_own_type()
    {
        var response = new SessionResponse { Lost = new() { Messages = 3 } };
        Assert.True(new FrameDecoder().TryDecode(response.ToByteArray(), out var batch, out var read));
        Assert.Null(batch);
        Assert.Equal(response, read);
        Assert.True(new FrameDecoder().TryDecode(default, out batch, out read));
        Assert.Null(batch);
        Assert.Null(read);
    }

    private static SessionResponse? Parsed(byte[] frame)
    {
        try
        {
            return SessionResponse.Parser.ParseFrom(frame);
        }
        catch (InvalidProtocolBufferException)
        {
            return null;
        }
    }

    private static void Compare(Deliveries expected, DeliveryBatch batch)
    {
        Assert.Equal(expected.Messages.Count, batch.Count);
        for (var i = 0; i < batch.Count; i++)
        {
            var (want, got) = (expected.Messages[i], batch.MessageAt(i));
            Assert.Equal((want.IdOrigin, want.IdSequence), (got.Id.Origin, got.Id.Sequence));
            Assert.Equal((want.Tenant, want.Channel, (long)want.PublishedAtUnixNanos), (got.Tenant, got.Channel, got.PublishedAtUnixNanoseconds));
            Assert.Equal(want.Payload.ToByteArray(), got.Payload.ToArray());
            Assert.Equal([.. want.PatternHandles], batch.HandlesAt(i).ToArray());
        }
    }

    private static Deliveries DeliveriesOf(Random random, int most = 50)
    {
        var deliveries = new Deliveries();
        for (var i = random.Next(1, most); i > 0; i--)
        {
            var payload = new byte[random.Next(10) == 0 ? random.Next(6000) : random.Next(200)];
            random.NextBytes(payload);
            deliveries.Messages.Add(new Delivery
            {
                IdOrigin = (ulong)random.NextInt64(),
                IdSequence = (ulong)random.NextInt64(),
                PublishedAtUnixNanos = (ulong)random.NextInt64(),
                Tenant = $"t{random.Next(3)}",
                Channel = $"channel.{random.Next(5000)}",
                Payload = ByteString.CopyFrom(payload),
                PatternHandles = { Enumerable.Range(0, random.Next(1, 5)).Select(_ => (ulong)random.NextInt64(1L << random.Next(40))) },
            });
        }

        return deliveries;
    }
}
