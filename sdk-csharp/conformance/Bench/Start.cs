namespace FastPubSub.Bench;

/// <summary>Ends with the first message that arrives: how long that takes from the start is measured outside.</summary>
internal static class Start
{
    public static async Task RunAsync(Settings settings)
    {
        await using var client = await Connecting.ConnectAsync(settings);
        await using var subscription = await client.SubscribeAsync(settings.Tenant, settings.Channel);
        await client.PublishAsync(settings.Tenant, settings.Channel, new byte[settings.PayloadBytes]);
        await using var events = subscription.GetAsyncEnumerator();
        await Connecting.NextAsync(events);
        Output.Result([]);
    }
}
