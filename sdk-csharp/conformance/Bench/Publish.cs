using System.Buffers.Binary;

namespace FastPubSub.Bench;

/// <summary>Publishes with acknowledgements, a bounded number of them outstanding.</summary>
internal static class Publish
{
    public static async Task RunAsync(Settings settings)
    {
        await using var client = await Connecting.ConnectAsync(settings);
        var outstanding = new ValueTask[settings.InFlight]; // a ring, the oldest first
        var payloads = Enumerable.Range(0, settings.InFlight).Select(_ => new byte[settings.PayloadBytes]).ToArray();
        var usage = Usage.Start();
        var total = settings.WarmUp + settings.Messages;
        for (var i = 0; i < total + settings.InFlight; i++)
        {
            var slot = i % settings.InFlight;
            if (i >= settings.InFlight)
            {
                await outstanding[slot];
                usage = i - settings.InFlight == settings.WarmUp - 1 ? Usage.Start() : usage;
            }

            if (i < total)
            {
                BinaryPrimitives.WriteUInt64BigEndian(payloads[slot], (ulong)i);
                outstanding[slot] = client.PublishAsync(settings.Tenant, settings.Channel, payloads[slot]);
            }
        }

        Output.Result(usage.Members(settings.Messages));
    }
}
