// Many subscriptions over one connection, each with a reader of its own.
//
//   FASTPUBSUB_TOKEN=AT_… dotnet run --project examples/ManySubscriptions

using FastPubSub;

var url = Environment.GetEnvironmentVariable("FASTPUBSUB_URL") ?? "ws://127.0.0.1:8080/ws";
var token = Environment.GetEnvironmentVariable("FASTPUBSUB_TOKEN") ?? "";
const int Count = 500;

await using var client = await FastPubSubClient.ConnectAsync(url, token);

// Subscribing does not wait for one answer after the other.
var subscriptions = await Task.WhenAll(Enumerable.Range(0, Count).Select(i => client.SubscribeAsync("my-tenant", $"room.{i}")));
var readers = subscriptions.Select(ReadOneAsync).ToArray();

for (var i = 0; i < Count; i++)
{
    await client.PublishAsync("my-tenant", $"room.{i}", "hello"u8.ToArray());
}

Console.WriteLine($"{(await Task.WhenAll(readers)).Sum()} messages in {Count} rooms");

static async Task<int> ReadOneAsync(Subscription subscription)
{
    await using (subscription)
    {
        await foreach (var next in subscription)
        {
            return next is Message ? 1 : 0;
        }
    }

    return 0;
}
