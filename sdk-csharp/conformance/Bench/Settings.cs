using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace FastPubSub.Bench;

/// <summary>What to measure, and where.</summary>
internal sealed record Settings
{
    /// <summary>How the program is called.</summary>
    public const string Usage =
        """
        use: FASTPUBSUB_TOKEN=AT_… bench --measure receive|publish|latency|subscriptions|start --url URL
          --tenant T (my-tenant)    --channel C (bench)       --messages N (100000)        --warm-up W (10000)
          --payload-bytes B (128)   --rate R (1000 a second)  --in-flight I (1024)         --subscriptions S (10000)
        """;

    // Room for a number and a time.
    private const int ShortestPayload = 16;

    private static readonly string[] Measures = ["receive", "publish", "latency", "subscriptions", "start"];

    public string Measure { get; private init; } = string.Empty;

    public string Url { get; private init; } = string.Empty;

    public string Token { get; private init; } = string.Empty;

    public string Tenant { get; private init; } = "my-tenant";

    public string Channel { get; private init; } = "bench";

    public int Messages { get; private init; } = 100_000;

    public int WarmUp { get; private init; } = 10_000;

    public int PayloadBytes { get; private init; } = 128;

    public int Rate { get; private init; } = 1000;

    public int InFlight { get; private init; } = 1024;

    public int Subscriptions { get; private init; } = 10_000;

    /// <summary>Reads the command line; when it is wrong, the problem says how.</summary>
    public static bool TryParse(
        IReadOnlyList<string> arguments, string? token, [NotNullWhen(true)] out Settings? settings, [NotNullWhen(false)] out string? problem)
    {
        var read = new Settings { Token = token ?? string.Empty };
        settings = null;
        for (var i = 0; i < arguments.Count; i += 2)
        {
            if (i + 1 == arguments.Count)
            {
                problem = $"{arguments[i]} has no value";
                return false;
            }

            (read, problem) = read.With(arguments[i], arguments[i + 1]);
            if (problem is not null)
            {
                return false;
            }
        }

        problem = read.Problem();
        settings = problem is null ? read : null;
        return problem is null;
    }

    private (Settings Changed, string? Problem) With(string name, string value)
    {
        var isNumber = int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number);
        var changed = name switch
        {
            "--measure" => this with { Measure = value },
            "--url" => this with { Url = value },
            "--tenant" => this with { Tenant = value },
            "--channel" => this with { Channel = value },
            "--messages" => this with { Messages = number },
            "--warm-up" => this with { WarmUp = number },
            "--payload-bytes" => this with { PayloadBytes = number },
            "--rate" => this with { Rate = number },
            "--in-flight" => this with { InFlight = number },
            "--subscriptions" => this with { Subscriptions = number },
            _ => null,
        };
        var isText = name is "--measure" or "--url" or "--tenant" or "--channel";
        return (changed ?? this, changed is null ? $"unknown flag {name}" : isText || isNumber ? null : $"{name} {value}: not a whole number");
    }

    private string? Problem() => this switch
    {
        _ when !Measures.Contains(Measure) => $"--measure {Measure}: not one of {string.Join(", ", Measures)}",
        { Url.Length: 0 } => "--url is missing",
        { Token.Length: 0 } => "FASTPUBSUB_TOKEN is missing",
        _ when Messages < 1 || Rate < 1 || InFlight < 1 || Subscriptions < 1 => "a number is not positive",
        { PayloadBytes: < ShortestPayload } => $"--payload-bytes {PayloadBytes}: at least {ShortestPayload}",
        _ => null,
    };
}
