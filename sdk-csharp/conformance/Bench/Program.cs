using FastPubSub;
using FastPubSub.Bench;

// Measures the SDK as an application uses it. Standard output has JSON lines and nothing else.
if (args is ["--help"])
{
    Console.Error.WriteLine(Settings.Usage);
    return 0;
}

if (!Settings.TryParse(args, Environment.GetEnvironmentVariable("FASTPUBSUB_TOKEN"), out var settings, out var problem))
{
    Console.Error.WriteLine($"bench: {problem}\n{Settings.Usage}");
    return 2;
}

try
{
    await (settings.Measure switch
    {
        "receive" => Receive.RunAsync(settings),
        "publish" => Publish.RunAsync(settings),
        "latency" => Latency.RunAsync(settings),
        "subscriptions" => Subscriptions.RunAsync(settings),
        _ => Start.RunAsync(settings),
    });
    return 0;
}
catch (Exception exception) when (exception is FastPubSubException or BenchException or IOException)
{
    Console.Error.WriteLine($"bench: {exception.Message}");
    return 1;
}
