namespace FastPubSub.IntegrationTests.Servers;

/// <summary>One server for all tests that do it no harm.</summary>
public sealed class SharedServer : IAsyncLifetime
{
    private Server? server;

    internal Server Server => server ?? throw new InvalidOperationException("the server has not started");

    public async ValueTask InitializeAsync() => server = await Server.StartAsync();

    public ValueTask DisposeAsync() => server?.DisposeAsync() ?? default;
}
