using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using FastPubSub.IntegrationTests.Servers;

namespace FastPubSub.IntegrationTests;

/// <summary>What becomes of a client that its application does not dispose of.</summary>
public class ForgottenClientTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private readonly Server server = shared.Server;

    public static TheoryData<string> Transports => ["ws", "grpc"];

    [Fact]
    public async Task It_does_not_keep_the_process_running()
    {
        var start = ExampleTests.StartOf("test", "LeftOpen");
        start.Environment["FASTPUBSUB_URL"] = server.Url("ws");
        start.Environment["FASTPUBSUB_GRPC_URL"] = server.Url("grpc");
        start.Environment["FASTPUBSUB_TOKEN"] = server.AccessToken;
        start.Environment["FASTPUBSUB_SERVER"] = server.TokenUrl("rest");
        start.Environment["FASTPUBSUB_MASTER_TOKEN"] = server.MasterToken;
        using var process = Process.Start(start)!;
        try
        {
            var errors = process.StandardError.ReadToEndAsync();
            var said = process.StandardOutput.ReadToEndAsync();
            await process.WaitForExitAsync().Soon();
            Assert.True(process.ExitCode == 0, await errors);
            Assert.Equal("the end, with a token that is Active", (await said).TrimEnd());
        }
        finally
        {
            process.Kill();
        }
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task It_goes_on_when_nothing_but_a_subscription_refers_to_it(string transport)
    {
        var (client, subscription) = await LeaveAsync(transport, null);
        await CollectAsync(client);
        await PublishAsync(transport);
        Assert.IsType<Message>(await new Reading(subscription).NextAsync());
        await subscription.DisposeAsync();
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task It_goes_on_when_nothing_refers_to_it(string transport)
    {
        var states = Channel.CreateUnbounded<ConnectionState>();
        await using var own = await Server.StartAsync();
        var client = await LeaveAsync(own.Url(transport), own.AccessToken, states);
        Assert.Equal(ConnectionState.Connecting, await states.Reader.ReadAsync().Soon());
        Assert.Equal(ConnectionState.Connected, await states.Reader.ReadAsync().Soon());
        await CollectAsync(client);
        await own.KillAsync();
        Assert.Equal(ConnectionState.Reconnecting, await states.Reader.ReadAsync().Soon());
    }

    private async Task PublishAsync(string transport)
    {
        await using var other = await FastPubSubClient.ConnectAsync(server.Url(transport), server.AccessToken).Soon();
        await other.PublishAsync(Server.Tenant, "left", "x"u8.ToArray()).Soon();
    }

    /// <summary>Connects and subscribes, and forgets the client.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private async Task<(WeakReference Client, Subscription Subscription)> LeaveAsync(string transport, Channel<ConnectionState>? states)
    {
        var client = await ConnectAsync(server.Url(transport), server.AccessToken, states);
        return (new WeakReference(client), await client.SubscribeAsync(Server.Tenant, "left").Soon());
    }

    /// <summary>Connects, and forgets the client.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task<WeakReference> LeaveAsync(string url, string token, Channel<ConnectionState> states) =>
        new(await ConnectAsync(url, token, states));

    private static Task<FastPubSubClient> ConnectAsync(string url, string token, Channel<ConnectionState>? states) =>
        FastPubSubClient.ConnectAsync(new FastPubSubClientOptions
        {
            Url = url,
            TokenSource = TokenSource.Fixed(token),
            OnStateChanged = status => states?.Writer.TryWrite(status.State),
        }).Soon();

    /// <summary>Collects garbage until the client is gone, for certain.</summary>
    private static async Task CollectAsync(WeakReference client)
    {
        var patience = Stopwatch.StartNew();
        while (client.IsAlive)
        {
            await Task.Yield(); // whoever completed what came before is on the stack, with what it knows
            Assert.True(patience.Elapsed < TimeSpan.FromMinutes(1), "something still refers to the client");
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
    }
}
