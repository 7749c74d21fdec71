using System.Text.Json.Nodes;

namespace FastPubSub.Bench;

/// <summary>How much memory subscriptions of one connection take.</summary>
internal static class Subscriptions
{
    public static async Task RunAsync(Settings settings)
    {
        await using var client = await Connecting.ConnectAsync(settings);
        var before = LiveBytes();
        var subscriptions = await Task.WhenAll(Enumerable.Range(0, settings.Subscriptions).Select(
            i => client.SubscribeAsync(settings.Tenant, $"{settings.Channel}.{i}")));
        var bytes = LiveBytes() - before;
        GC.KeepAlive(subscriptions);
        Output.Result(new JsonObject { ["subscriptions"] = settings.Subscriptions, ["bytes"] = bytes, ["memory"] = "heap" });
    }

    private static long LiveBytes()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        return GC.GetTotalMemory(forceFullCollection: true);
    }
}
