using System.Buffers.Binary;
using System.Diagnostics;
using System.Text.Json.Nodes;

namespace FastPubSub.Bench;

/// <summary>Publishes at an even rate, and measures how long each message takes back to the same client.</summary>
internal static class Latency
{
    // Where the payload has the time of sending, after the number.
    private const int TimeAt = sizeof(ulong);

    private const long NanosecondsPerSecond = 1_000_000_000;

    private static readonly PublishOptions Unacknowledged = new() { Acknowledge = false };

    public static async Task RunAsync(Settings settings)
    {
        await using var client = await Connecting.ConnectAsync(settings);
        await using var subscription = await client.SubscribeAsync(settings.Tenant, settings.Channel);
        var sending = Task.Factory.StartNew(
            () => Send(client, settings), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        var samples = new long[settings.Messages];
        await using var events = subscription.GetAsyncEnumerator();
        for (var i = 0; i < settings.WarmUp + settings.Messages; i++)
        {
            var message = await Connecting.NextAsync(events);
            var taken = Now() - BinaryPrimitives.ReadInt64BigEndian(message.Payload.Span[TimeAt..]);
            if (i >= settings.WarmUp)
            {
                samples[i - settings.WarmUp] = taken;
            }
        }

        await sending;
        Array.Sort(samples);
        Output.Result(new JsonObject
        {
            ["messages"] = settings.Messages,
            ["p50_ns"] = Quantile(samples, 0.50),
            ["p99_ns"] = Quantile(samples, 0.99),
            ["max_ns"] = samples[^1],
        });
    }

    /// <summary>Sends on an even schedule from a thread of its own, so that a late message does not move those after it.</summary>
    private static void Send(FastPubSubClient client, Settings settings)
    {
        var payload = new byte[settings.PayloadBytes];
        var interval = TimeSpan.FromSeconds(1.0 / settings.Rate);
        var began = Stopwatch.GetTimestamp();
        for (var i = 0; i < settings.WarmUp + settings.Messages; i++)
        {
            var left = (i * interval) - Stopwatch.GetElapsedTime(began);
            if (left > TimeSpan.Zero)
            {
                Thread.Sleep((int)Math.Ceiling(left.TotalMilliseconds)); // not shorter: a sleep of 0 would spin
            }

            BinaryPrimitives.WriteUInt64BigEndian(payload, (ulong)i);
            BinaryPrimitives.WriteInt64BigEndian(payload.AsSpan(TimeAt), Now());
            client.PublishAsync(settings.Tenant, settings.Channel, payload, Unacknowledged).AsTask().Wait();
        }
    }

    /// <summary>The smallest sample that this part of all samples does not exceed; they are sorted.</summary>
    private static long Quantile(long[] samples, double part) => samples[Math.Max(0, (int)Math.Ceiling(part * samples.Length) - 1)];

    private static long Now() => Stopwatch.GetTimestamp() * (NanosecondsPerSecond / Stopwatch.Frequency);
}
