using System.Reflection;
using System.Runtime.InteropServices;
using FastPubSub.Conformance.V1;

namespace FastPubSub.Conformance;

/// <summary>
/// A remote control of the SDK: it starts each command in the order in which they come, answers each once, and reports
/// what the SDK does by itself. It asserts nothing and waits for nothing.
/// </summary>
internal sealed partial class Driver
{
    private static readonly string[] Capabilities =
    [
        "websocket", "grpc", "token-source", "private-ca", "client-certificate", "insecure-skip-verify", "delivery-modes",
        "unacknowledged", "lag", "token-client", "round-trip-time", "debug-text", "leaks",
    ];

    private readonly FrameWriter output;
    private readonly StandardErrorLog log = new();
    private readonly CancellationTokenSource life = new(); // cancelled when the input has ended
    private readonly object gate = new();
    private readonly RunningCommands commands = new();
    private readonly HashSet<Task> running = []; // commands, and what takes messages
    private Dictionary<ulong, DrivenClient> clients = [];
    private Dictionary<ulong, DrivenSubscription> subscriptions = [];

    private Driver(FrameWriter output) => this.output = output;

    /// <summary>Serves until the input ends; then every command has its result and everything is closed.</summary>
    /// <exception cref="IOException">The output broke.</exception>
    /// <exception cref="InvalidDataException">The input is not made of frames.</exception>
    public static async Task ServeAsync(Stream input, Stream output)
    {
        var writer = new FrameWriter(output);
        var driver = new Driver(writer);
        writer.Write(new Hello
        {
            ProtocolVersion = 1,
            Sdk = "csharp",
            SdkVersion = VersionOf(typeof(FastPubSubClient).Assembly),
            Runtime = RuntimeInformation.FrameworkDescription,
            Capabilities = { Capabilities },
        });
        var serving = Task.Factory.StartNew(
            () => driver.ReadCommands(new FrameReader(input)), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        await await Task.WhenAny(serving, writer.Broken);
        await await Task.WhenAny(driver.EndAsync(), writer.Broken);
        if (writer.Broken.IsCompleted)
        {
            await writer.Broken; // it broke together with the last step
        }
    }

    private static string VersionOf(Assembly assembly) =>
        assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    /// <summary>Starts commands until the input ends. It runs on a thread of its own.</summary>
    private void ReadCommands(FrameReader reader)
    {
        while (reader.Read() is { } frame)
        {
            Track(AnswerAsync(frame));
        }
    }

    /// <summary>Starts a command, here and now, and answers it when it has ended.</summary>
    private async Task AnswerAsync(RunnerFrame frame)
    {
        Result result;
        try
        {
            result = await StartAsync(frame, commands.Begin(frame.CommandId));
        }
        catch (Exception exception) // of the driver, or of the SDK and not its own
        {
            result = Outcome.Fault(exception.ToString());
        }

        commands.End(frame.CommandId);
        result.CommandId = frame.CommandId;
        output.Write(result);
    }

    /// <summary>Keeps a task that the end of the driver waits for.</summary>
    private void Track(Task task)
    {
        lock (gate)
        {
            running.RemoveWhere(other => other.IsCompleted);
            running.Add(task);
        }
    }

    /// <summary>Gives up what runs, and closes everything.</summary>
    private async Task EndAsync()
    {
        await life.CancelAsync();
        await commands.GiveUpAllAsync();
        await CloseAllAsync();
        Task[] unfinished;
        lock (gate)
        {
            unfinished = [.. running];
        }

        await Task.WhenAll(unfinished);
    }

    /// <summary>Closes every client, those that still connect included.</summary>
    private async Task CloseAllAsync()
    {
        Dictionary<ulong, DrivenClient> all;
        Dictionary<ulong, DrivenSubscription> paused;
        lock (gate)
        {
            (all, clients, paused, subscriptions) = (clients, [], subscriptions, []);
        }

        await Task.WhenAll(all.Values.Select(client => client.AbandonAsync()));
        foreach (var subscription in paused.Values)
        {
            subscription.Pause(false); // to read the end
        }
    }
}
