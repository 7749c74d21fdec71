using FastPubSub.IntegrationTests.Servers;
using Microsoft.Extensions.DependencyInjection;

namespace FastPubSub.IntegrationTests;

/// <summary>The client in a container.</summary>
public class DependencyInjectionTests(SharedServer shared) : IClassFixture<SharedServer>
{
    [Fact]
    public async Task A_container_gives_one_client_and_closes_it()
    {
        var server = shared.Server;
        var services = new ServiceCollection().AddFastPubSub(_ => new FastPubSubClientOptions
        {
            Url = server.Url("ws"),
            TokenSource = TokenSource.Fixed(server.AccessToken),
        });
        FastPubSubClient client;
        await using (var provider = services.BuildServiceProvider())
        {
            client = await provider.GetRequiredService<FastPubSubClientProvider>().GetClientAsync().Soon();
            Assert.Same(client, await provider.GetRequiredService<FastPubSubClientProvider>().GetClientAsync().Soon());
            await client.PingAsync().Soon();
        }

        Assert.Equal(ConnectionState.Closed, client.Status.State);
    }
}
