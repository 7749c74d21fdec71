namespace FastPubSub.Core;

/// <summary>What the platform's timers accept.</summary>
internal static class TimerSpan
{
    // The platform's limit, almost 50 days.
    private static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(uint.MaxValue - 1);

    /// <summary>The span, or the longest that a timer can have.</summary>
    public static TimeSpan Of(TimeSpan span) => span < Longest ? span : Longest;
}
