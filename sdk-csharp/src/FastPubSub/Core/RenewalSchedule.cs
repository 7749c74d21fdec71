namespace FastPubSub.Core;

/// <summary>When to ask for the next token.</summary>
/// <param name="First">How long to wait before the first try.</param>
/// <param name="Again">How long to wait after a try that failed.</param>
internal readonly record struct RenewalSchedule(TimeSpan First, TimeSpan Again)
{
    private const int TriesWithinLead = 6;
    private static readonly TimeSpan Lead = TimeSpan.FromMinutes(1); // or a third of what is left, if that is less
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(100);

    /// <summary>Plans the renewal of a token that expires after the given time.</summary>
    public static RenewalSchedule For(TimeSpan left)
    {
        var lead = left / 3 < Lead ? left / 3 : Lead;
        return new(AtLeast(left - lead), AtLeast(lead / TriesWithinLead));
    }

    private static TimeSpan AtLeast(TimeSpan wait) => wait > Shortest ? wait : Shortest;
}
