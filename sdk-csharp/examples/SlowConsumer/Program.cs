// A reader that is slower than its messages come: it is told what it has lost, and goes on.
//
//   FASTPUBSUB_TOKEN=AT_… dotnet run --project examples/SlowConsumer

using FastPubSub;

var url = Environment.GetEnvironmentVariable("FASTPUBSUB_URL") ?? "ws://127.0.0.1:8080/ws";
var token = Environment.GetEnvironmentVariable("FASTPUBSUB_TOKEN") ?? "";

await using var client = await FastPubSubClient.ConnectAsync(url, token);
await using var subscription = await client.SubscribeAsync("my-tenant", "fast", new SubscriptionOptions { BufferMessages = 100 });

for (var i = 0; i < 1000; i++)
{
    await client.PublishAsync("my-tenant", "fast", BitConverter.GetBytes(i), new PublishOptions { Acknowledge = false });
}

await client.PingAsync(); // all have come back, and nobody has read

ulong read = 0;
ulong missed = 0;
await foreach (var next in subscription)
{
    if (next is Lagged lagged)
    {
        missed += lagged.Missed;
        Console.WriteLine($"{lagged.Missed} messages were lost here");
    }
    else
    {
        read++;
    }

    if (read + missed == 1000)
    {
        break;
    }
}

Console.WriteLine($"read {read}, missed {missed}");
