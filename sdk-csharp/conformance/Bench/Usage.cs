using System.Diagnostics;
using System.Text.Json.Nodes;

namespace FastPubSub.Bench;

/// <summary>Time, processor time and memory that the process has used since a moment.</summary>
internal readonly struct Usage
{
    private readonly long began;
    private readonly TimeSpan processor;
    private readonly long allocated;

    private Usage(long began, TimeSpan processor, long allocated)
    {
        this.began = began;
        this.processor = processor;
        this.allocated = allocated;
    }

    public static Usage Start() => new(Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime, GC.GetTotalAllocatedBytes(precise: false));

    /// <summary>What was used for a number of messages. The runtime counts bytes, not allocations.</summary>
    public JsonObject Members(int messages)
    {
        var end = Start();
        return new JsonObject
        {
            ["messages"] = messages,
            ["seconds"] = Stopwatch.GetElapsedTime(began, end.began).TotalSeconds,
            ["cpu_seconds"] = (end.processor - processor).TotalSeconds,
            ["allocated_bytes"] = end.allocated - allocated,
            ["allocations"] = null,
        };
    }
}
