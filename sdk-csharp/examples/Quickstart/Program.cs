// Subscribes, publishes one message, and prints it.
//
//   FASTPUBSUB_TOKEN=AT_… dotnet run --project examples/Quickstart

using System.Text;
using FastPubSub;

var url = Environment.GetEnvironmentVariable("FASTPUBSUB_URL") ?? "ws://127.0.0.1:8080/ws";
var token = Environment.GetEnvironmentVariable("FASTPUBSUB_TOKEN") ?? "";

await using var client = await FastPubSubClient.ConnectAsync(url, token);
await using var subscription = await client.SubscribeAsync("my-tenant", "orders.#");

await client.PublishAsync("my-tenant", "orders.eu", "hello"u8.ToArray());

await foreach (var next in subscription)
{
    switch (next)
    {
        case Message message:
            Console.WriteLine($"{message.Channel}: {Encoding.UTF8.GetString(message.Payload.Span)}");
            return;
        case Lagged lagged:
            Console.WriteLine($"{lagged.Missed} messages were lost");
            break;
    }
}
