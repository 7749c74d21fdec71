using FastPubSub.IntegrationTests.Servers;

namespace FastPubSub.IntegrationTests;

/// <summary>Servers that die and servers that drain: SDK-7, SDK-8, SDK-9.</summary>
public class ServerLifeTests
{
    public static TheoryData<string> Transports => ["ws", "grpc"];

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task SDK_7_a_killed_server_that_comes_back_is_found_again(string transport)
    {
        var first = await Server.StartAsync();
        Server? current = first; // null: there is none, and no token
        using var forwarder = new Forwarder(HostOf(first, transport));
        var source = TokenSource.FromCallback(_ => new(current?.AccessToken ?? throw new InvalidOperationException("no server")));
        await using var watched = await Watched.ConnectAsync(first.AddressOf(transport, forwarder.Address), source);
        await using var subscription = await watched.Client.SubscribeAsync(Server.Tenant, "a").Soon();
        current = null;
        await first.KillAsync();
        Assert.Equal(ConnectionState.Reconnecting, (await watched.StateAsync()).State);
        var publishing = watched.Client.PublishAsync(Server.Tenant, "a", "waited"u8.ToArray()).AsTask();
        await using var second = await Server.StartAsync();
        forwarder.Target = HostOf(second, transport);
        current = second;
        Assert.Equal(ConnectionState.Connected, (await watched.StateAsync()).State);
        await publishing.Soon();
        Assert.Equal("waited"u8.ToArray(), Assert.IsType<Message>(await new Reading(subscription).NextAsync()).Payload.ToArray());
        await first.DisposeAsync();
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task SDK_9_a_draining_server_is_left_without_a_gap(string transport)
    {
        await using var first = await Server.StartAsync("--drain-timeout", "50s");
        await using var second = await Server.StartAsync();
        var current = first;
        using var forwarder = new Forwarder(HostOf(first, transport));
        var source = TokenSource.FromCallback(_ => new ValueTask<string>(current.AccessToken));
        await using var watched = await Watched.ConnectAsync(first.AddressOf(transport, forwarder.Address), source);
        await using var subscription = await watched.Client.SubscribeAsync(Server.Tenant, "a").Soon();
        var reading = new Reading(subscription);
        await watched.Client.PublishAsync(Server.Tenant, "a", new byte[] { 1 }).Soon();
        Assert.Equal(1, (await NextAsync(reading)).Payload.Span[0]);
        await using var atSecond = await FastPubSubClient.ConnectAsync(second.Url(transport), second.AccessToken).Soon();
        current = second;
        forwarder.Target = HostOf(second, transport);
        first.Terminate();
        await first.ExitedAsync().Soon(); // ends early, because its client has moved
        await atSecond.PublishAsync(Server.Tenant, "a", new byte[] { 2 }).Soon();
        Assert.Equal(2, (await NextAsync(reading)).Payload.Span[0]);
        await watched.Client.PublishAsync(Server.Tenant, "a", new byte[] { 3 }).Soon();
        Assert.Equal(3, (await NextAsync(reading)).Payload.Span[0]);
        Assert.False(watched.HasState);
    }

    private static string HostOf(Server server, string transport) => transport == "ws" ? server.Http : server.Grpc;

    private static async Task<Message> NextAsync(Reading reading) => Assert.IsType<Message>(await reading.NextAsync());
}
