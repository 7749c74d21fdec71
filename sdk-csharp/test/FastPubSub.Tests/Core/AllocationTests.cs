using FastPubSub.Core;
using FastPubSub.V1;
using FastPubSub.Wire;
using Google.Protobuf;

namespace FastPubSub.Tests.Core;

/// <summary>What receiving a message costs: the message itself, and nothing else.</summary>
public class AllocationTests
{
    private const int Messages = 100; // in a frame
    private const int PayloadBytes = 128;

    // The object of 88 bytes, the payload, and its share of the header of the block that payloads share.
    private const int BytesPerMessage = 88 + PayloadBytes + 8;

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void A_delivery_allocates_the_message_and_nothing_else(int patterns)
    {
        var registry = new Registry();
        var feed = new Dispatcher(TimeProvider.System).Open();
        var members = Enumerable.Range(0, patterns).Select(i => registry.Join("t", "a" + i, new Inbox(new InboxLimits(1000, 1 << 20), TimeProvider.System))).ToArray();
        for (var i = 0; i < patterns; i++)
        {
            feed.Bind((ulong)i, members[i].Route);
        }

        var decoder = new FrameDecoder();
        var frame = FrameOf(patterns);
        var sleeper = new Signal();
        for (var i = 0; i < 100; i++)
        {
            Receive(); // until everything that grows has grown
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
        {
            Receive();
        }

        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / (100.0 * Messages), PayloadBytes, BytesPerMessage);

        void Receive()
        {
            decoder.TryDecode(frame, out var batch, out _);
            _ = feed.DeliverAsync(batch!);
            foreach (var member in members)
            {
                for (var i = 0; i < Messages; i++)
                {
                    member.Inbox.Take(sleeper, out _, out _);
                }
            }
        }
    }

    private static byte[] FrameOf(int patterns)
    {
        var response = new SessionResponse { Deliveries = new() };
        for (var i = 1UL; i <= Messages; i++)
        {
            response.Deliveries.Messages.Add(new Delivery
            {
                IdOrigin = 1,
                IdSequence = i,
                Tenant = "t",
                Channel = "a",
                Payload = ByteString.CopyFrom(new byte[PayloadBytes]),
                PatternHandles = { Enumerable.Range(0, patterns).Select(handle => (ulong)handle) },
            });
        }

        return response.ToByteArray();
    }
}
