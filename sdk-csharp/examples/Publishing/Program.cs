// Publishing with and without acknowledgement, many at a time, and what may go wrong.
//
//   FASTPUBSUB_TOKEN=AT_… dotnet run --project examples/Publishing

using System.Text;
using FastPubSub;

await using var client = await FastPubSubClient.ConnectAsync(new FastPubSubClientOptions
{
    Url = Environment.GetEnvironmentVariable("FASTPUBSUB_URL") ?? "ws://127.0.0.1:8080/ws",
    TokenSource = TokenSource.Fixed(Environment.GetEnvironmentVariable("FASTPUBSUB_TOKEN") ?? ""),
    OnError = failure => Console.WriteLine($"a publish without acknowledgement was refused: {failure.Reason}"),
});

// One by one: each call completes when the server has acknowledged the message.
await client.PublishAsync("my-tenant", "numbers", "1"u8.ToArray());

// Many in flight: they share frames, and they keep their order.
var publishes = new List<Task>();
for (var i = 0; i < 1000; i++)
{
    publishes.Add(client.PublishAsync("my-tenant", "numbers", Encoding.UTF8.GetBytes($"{i}")).AsTask());
}

await Task.WhenAll(publishes);

// Without acknowledgement, and with a bound on the waiting while there is no connection.
var fast = new PublishOptions { Acknowledge = false, Timeout = TimeSpan.FromSeconds(5) };
await client.PublishAsync("my-tenant", "numbers", "2"u8.ToArray(), fast);
await client.PublishAsync("another-tenant", "numbers", "3"u8.ToArray(), fast); // reaches OnError

try
{
    await client.PublishAsync("my-tenant", "no..channel", "4"u8.ToArray());
}
catch (FastPubSubException failure) when (failure.Reason == ErrorReasons.ChannelInvalid)
{
    Console.WriteLine(failure.Message);
}

await client.PingAsync(); // everything before has been handled
Console.WriteLine("done");
