using System.Buffers.Binary;

namespace FastPubSub.Bench;

/// <summary>Receives numbered messages of one writer, as fast as they come.</summary>
internal static class Receive
{
    // As much as there is: the connection may be ahead of the reader.
    private static readonly SubscriptionOptions Unbounded = new() { BufferMessages = int.MaxValue, BufferBytes = int.MaxValue };

    public static async Task RunAsync(Settings settings)
    {
        await using var client = await Connecting.ConnectAsync(settings);
        await using var subscription = await client.SubscribeAsync(settings.Tenant, settings.Channel, Unbounded);
        Output.Ready();
        Output.Result((await ReceiveAsync(subscription, settings)).Members(settings.Messages));
    }

    private static async Task<Usage> ReceiveAsync(Subscription subscription, Settings settings)
    {
        var usage = Usage.Start();
        var expected = 0UL;
        var (warm, last) = ((ulong)settings.WarmUp, (ulong)settings.WarmUp + (ulong)settings.Messages);
        await foreach (var next in subscription)
        {
            if (next is not Message message)
            {
                throw new BenchException($"{next}");
            }

            var number = message.Payload.Length < sizeof(ulong) ? ulong.MaxValue : BinaryPrimitives.ReadUInt64BigEndian(message.Payload.Span);
            if (number != expected)
            {
                throw new BenchException($"message {number} came instead of {expected}");
            }

            if (expected == warm)
            {
                usage = Usage.Start();
            }

            if (++expected == last)
            {
                return usage;
            }
        }

        throw new BenchException($"the subscription has ended before message {expected}");
    }
}
