using System.Collections;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace FastPubSub.Conformance;

/// <summary>
/// Finds what still runs: every async method of the SDK, and of the HTTP and gRPC clients below it, that has begun or
/// waits for a thread, and has not ended, whoever holds its task. The runtime keeps a table of such tasks for debuggers; there is no public way to
/// read it. The SDK has no threads of its own.
/// </summary>
internal static class LiveTasks
{
    private static readonly HashSet<string> Watched =
    [
        "FastPubSub", "Grpc.Net.Client", "System.Net.Http", "System.Net.WebSockets", "System.Net.WebSockets.Client", "System.Net.Security",
    ];

    // Members of Task that the runtime has for debuggers.
    private static readonly FieldInfo Enabled = FieldOf("s_asyncDebuggingEnabled", BindingFlags.Static);
    private static readonly FieldInfo Table = FieldOf("s_currentActiveTasks", BindingFlags.Static);
    private static readonly FieldInfo Action = FieldOf("m_action", BindingFlags.Instance);

    /// <summary>Starts the table. What has begun before is not seen.</summary>
    public static void Track() => Enabled.SetValue(null, true);

    /// <summary>The names of the async methods that run now.</summary>
    public static IReadOnlyList<string> Now()
    {
        if (Table.GetValue(null) is not IDictionary table)
        {
            return []; // nothing has run since the table was started
        }

        lock (table)
        {
            return [.. table.Values.Cast<Task>().Select(MethodOf).Where(name => name is not null).Select(name => name!)];
        }
    }

    /// <summary>Waits until nothing runs any more, or until the time is over, and says what still does.</summary>
    public static async Task<IReadOnlyList<string>> AfterAsync(TimeSpan patience)
    {
        using var deadline = new CancellationTokenSource(patience);
        using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        var running = Now();
        while (running.Count > 0 && !deadline.IsCancellationRequested)
        {
            await pause.WaitForNextTickAsync(CancellationToken.None);
            running = Now();
        }

        return running;
    }

    /// <summary>The watched method that a task is of, or null: an async one, or one that was given to the thread pool.</summary>
    private static string? MethodOf(Task task)
    {
        var machine = task.GetType().GetGenericArguments().FirstOrDefault(type => typeof(IAsyncStateMachine).IsAssignableFrom(type));
        if (machine is not null)
        {
            return IsWatched(machine) ? machine.FullName : null;
        }

        // A continuation that nothing has started holds nothing by itself, and what it waits for is found where it runs. The
        // HTTP client leaves such ones behind that wait for a write of a connection that was cut.
        if (task.Status == TaskStatus.WaitingForActivation)
        {
            return null;
        }

        var method = (Action.GetValue(task) as Delegate)?.Method;
        return method is { DeclaringType: { } type } && IsWatched(type) ? $"{type.FullName}.{method.Name}" : null;
    }

    private static bool IsWatched(Type type) => Watched.Contains(type.Assembly.GetName().Name ?? string.Empty);

    private static FieldInfo FieldOf(string name, BindingFlags kind) =>
        typeof(Task).GetField(name, kind | BindingFlags.NonPublic)
        ?? throw new NotSupportedException($"this runtime has no Task.{name}: leaks cannot be found");
}
