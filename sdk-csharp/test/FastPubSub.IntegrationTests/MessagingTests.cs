using System.Text;
using FastPubSub.IntegrationTests.Servers;

namespace FastPubSub.IntegrationTests;

/// <summary>Messages over a real server: SDK-1, SDK-3, SDK-4, SDK-5, SDK-6, SDK-13, SDK-18.</summary>
public class MessagingTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private readonly Server server = shared.Server;

    public static TheoryData<string> Transports => ["ws", "grpc"];

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task SDK_4_messages_arrive_whole_and_in_order(string transport)
    {
        await using var client = await ConnectAsync(transport);
        await using var subscription = await client.SubscribeAsync(Server.Tenant, "order.*.#").Soon();
        var before = DateTimeOffset.UtcNow.AddMinutes(-1);
        var publishes = Enumerable.Range(0, 2000)
            .Select(i => client.PublishAsync(Server.Tenant, "order.a", BitConverter.GetBytes(i)).AsTask()).ToArray();
        await Task.WhenAll(publishes).Soon();
        var reading = new Reading(subscription);
        for (var i = 0; i < publishes.Length; i++)
        {
            var message = Assert.IsType<Message>(await reading.NextAsync());
            Assert.Equal(i, BitConverter.ToInt32(message.Payload.Span));
            Assert.Equal((Server.Tenant, "order.a"), (message.Tenant, message.Channel));
            Assert.InRange(message.PublishedAt, before, DateTimeOffset.UtcNow.AddMinutes(1));
        }
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task SDK_4_payloads_of_every_size_arrive_unchanged(string transport)
    {
        await using var client = await ConnectAsync(transport);
        await using var subscription = await client.SubscribeAsync("", "sizes").Soon();
        var reading = new Reading(subscription);
        foreach (var size in new[] { 0, 1, 125, 126, 1023, 1024, 4096, 65535 })
        {
            var payload = new byte[size];
            Random.Shared.NextBytes(payload);
            await client.PublishAsync("", "sizes", payload).Soon();
            Assert.Equal(payload, Assert.IsType<Message>(await reading.NextAsync()).Payload.ToArray());
        }
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task SDK_18_many_publishers_and_subscriptions_share_a_client(string transport)
    {
        await using var client = await ConnectAsync(transport);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(async number =>
        {
            await using var subscription = await client.SubscribeAsync(Server.Tenant, $"shared.{number}").Soon();
            var reading = new Reading(subscription);
            for (var i = 0; i < 200; i++)
            {
                await client.PublishAsync(Server.Tenant, $"shared.{number}", Encoding.UTF8.GetBytes($"{number}-{i}")).Soon();
                var message = Assert.IsType<Message>(await reading.NextAsync());
                Assert.Equal($"{number}-{i}", Encoding.UTF8.GetString(message.Payload.Span));
            }

            await subscription.UnsubscribeAsync().Soon();
            await reading.EndsAsync();
        }));
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task SDK_5_unacknowledged_publishes_arrive_and_refusals_reach_the_handler(string transport)
    {
        var token = await server.CreateTokenAsync(right => right with
        {
            TenantGrants = [new TenantGrant { TenantIds = [Server.Tenant], AllowChannelsPub = ["yes"], AllowChannelsSub = ["yes"] }],
        });
        await using var watched = await Watched.ConnectAsync(server.Url(transport), token.RevealToken());
        await using var subscription = await watched.Client.SubscribeAsync(Server.Tenant, "yes").Soon();
        var options = new PublishOptions { Acknowledge = false };
        await watched.Client.PublishAsync(Server.Tenant, "no", default, options).Soon();
        await watched.Client.PublishAsync(Server.Tenant, "yes", default, options).Soon();
        Assert.IsType<Message>(await new Reading(subscription).NextAsync());
        Assert.Equal(ErrorReasons.PublishDenied, (await watched.ErrorAsync()).Reason);
        Assert.Equal(ErrorReasons.PublishDenied, (await Patience.FailureOf(watched.Client.PublishAsync(Server.Tenant, "no", default))).Reason);
        Assert.Equal(ErrorReasons.SubscribeDenied, (await Patience.FailureOf(watched.Client.SubscribeAsync(Server.Tenant, "#"))).Reason);
        Assert.Equal(ErrorReasons.SubscribeDenied, (await Patience.FailureOf(watched.Client.SubscribeAsync("other", "yes"))).Reason);
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task Delivery_to_one_reaches_exactly_one(string transport)
    {
        await using var a = await ConnectAsync(transport);
        await using var b = await ConnectAsync(transport);
        await using var atA = await a.SubscribeAsync(Server.Tenant, "one").Soon();
        await using var atB = await b.SubscribeAsync(Server.Tenant, "one").Soon();
        for (var i = 0; i < 20; i++)
        {
            await a.PublishAsync(Server.Tenant, "one", "m"u8.ToArray(), new PublishOptions { DeliveryMode = DeliveryMode.OneRandom }).Soon();
        }

        await a.PublishAsync(Server.Tenant, "one", default).Soon(); // the end, for both
        Assert.Equal(20, await CountAsync(atA) + await CountAsync(atB));

        static async Task<int> CountAsync(Subscription subscription)
        {
            var reading = new Reading(subscription);
            var count = 0;
            while (Assert.IsType<Message>(await reading.NextAsync()).Payload.Length > 0)
            {
                count++;
            }

            return count;
        }
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task SDK_13_the_round_trip_time_can_be_read(string transport)
    {
        await using var client = await ConnectAsync(transport);
        var measured = await client.PingAsync().Soon();
        Assert.InRange(measured, TimeSpan.FromTicks(1), TimeSpan.FromSeconds(60));
        Assert.NotNull(client.RoundTripTime);
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task SDK_17_closed_clients_are_gone(string transport)
    {
        var gone = await UsedAsync();
        await CollectedAsync().Soon();

        async Task CollectedAsync()
        {
            using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(10)); // threads let go of what they last did
            while (gone.Any(reference => reference.IsAlive))
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
                await pause.WaitForNextTickAsync(TestContext.Current.CancellationToken);
            }
        }

        async Task<WeakReference[]> UsedAsync()
        {
            var references = new WeakReference[10];
            for (var i = 0; i < references.Length; i++)
            {
                var client = await ConnectAsync(transport);
                var subscription = await client.SubscribeAsync(Server.Tenant, "gone").Soon();
                await client.PublishAsync(Server.Tenant, "gone", default).Soon();
                await client.CloseAsync().Soon();
                references[i] = new WeakReference(client);
                Assert.NotNull(subscription);
            }

            return references;
        }
    }

    private Task<FastPubSubClient> ConnectAsync(string transport) =>
        FastPubSubClient.ConnectAsync(server.Url(transport), server.AccessToken).Soon();
}
