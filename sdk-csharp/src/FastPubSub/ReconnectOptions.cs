namespace FastPubSub;

/// <summary>
/// How long to wait between attempts to connect: at random between 0 and a ceiling that starts with the shortest and
/// doubles with each failure up to the longest.
/// </summary>
public sealed record ReconnectOptions
{
    /// <summary>The ceiling after the first failure. Default: 100 ms.</summary>
    public TimeSpan Shortest { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>The highest ceiling. Default: 30 s.</summary>
    public TimeSpan Longest { get; init; } = TimeSpan.FromSeconds(30);
}
