using FastPubSub;

// A program that uses everything, disposes of nothing, and comes to its end.
string[] urls = [Given("FASTPUBSUB_URL"), Given("FASTPUBSUB_GRPC_URL")];
foreach (var url in urls)
{
    var client = await FastPubSubClient.ConnectAsync(url, Given("FASTPUBSUB_TOKEN"));
    _ = await client.SubscribeAsync("my-tenant", "left");
    await client.PublishAsync("my-tenant", "left", "x"u8.ToArray());
}

var tokens = new FastPubSubTokenClient(Given("FASTPUBSUB_SERVER"), Given("FASTPUBSUB_MASTER_TOKEN"));
await foreach (var info in tokens.ListAsync())
{
    Console.WriteLine($"the end, with a token that is {info.State}");
    break;
}

static string Given(string name) => Environment.GetEnvironmentVariable(name) ?? throw new InvalidOperationException($"{name} is missing");
