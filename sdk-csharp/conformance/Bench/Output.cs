using System.Text.Json.Nodes;

namespace FastPubSub.Bench;

/// <summary>The lines on standard output.</summary>
internal static class Output
{
    /// <summary>Says that messages may come.</summary>
    public static void Ready() => Write("ready", []);

    public static void Result(JsonObject members) => Write("result", members);

    private static void Write(string name, JsonObject members)
    {
        members.Insert(0, "event", name);
        Console.Out.WriteLine(members.ToJsonString());
        Console.Out.Flush();
    }
}
