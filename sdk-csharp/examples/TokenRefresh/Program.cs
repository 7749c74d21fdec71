// A client that gets short-lived tokens by itself and never reconnects because of them.
//
//   FASTPUBSUB_MASTER_TOKEN=… dotnet run --project examples/TokenRefresh

using FastPubSub;

var url = Environment.GetEnvironmentVariable("FASTPUBSUB_URL") ?? "ws://127.0.0.1:8080/ws";
var server = Environment.GetEnvironmentVariable("FASTPUBSUB_SERVER") ?? "http://127.0.0.1:8080";
var masterToken = Environment.GetEnvironmentVariable("FASTPUBSUB_MASTER_TOKEN") ?? "";
var life = TimeSpan.FromSeconds(6); // much longer in production

// In production the master token stays on a server of yours, which the source asks.
using var tokens = new FastPubSubTokenClient(server, masterToken);
var renewedTwice = new TaskCompletionSource();
var asked = 0;

var source = TokenSource.FromCallback(async cancellationToken =>
{
    var created = await tokens.CreateAsync(
        new TokenRequest
        {
            Right = new TokenRight
            {
                TenantGrants = [new TenantGrant { TenantIds = ["my-tenant"], AllowChannelsPub = ["orders.#"] }],
                ExpiresAt = DateTimeOffset.UtcNow + life,
            },
            CreatedBy = "example",
        },
        cancellationToken);
    Console.WriteLine($"token {created.TokenId} until {created.ExpiresAt:T}");
    if (++asked == 3)
    {
        renewedTwice.SetResult();
    }

    return created.RevealToken();
});

await using var client = await FastPubSubClient.ConnectAsync(url, source);
await renewedTwice.Task;
await client.PublishAsync("my-tenant", "orders.eu", "still connected"u8.ToArray());
Console.WriteLine(client.Status.State);
