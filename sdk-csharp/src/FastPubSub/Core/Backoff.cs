namespace FastPubSub.Core;

/// <summary>
/// How long to wait before the next attempt to connect: exponential with full jitter, so that the clients of a server
/// that comes back do not come back all at once (SDK-7). For one task.
/// </summary>
/// <param name="shortest">The longest wait after the first failure.</param>
/// <param name="longest">The longest wait ever.</param>
/// <param name="random">Gives a number from 0 to below 1.</param>
internal sealed class Backoff(TimeSpan shortest, TimeSpan longest, Func<double> random)
{
    /// <summary>How many failures there have been since the last reset.</summary>
    public int Failures { get; private set; }

    /// <summary>The longest wait after the given number of failures, 1 or more.</summary>
    public TimeSpan CeilingAfter(int failures)
    {
        var ceiling = shortest;
        for (var i = 1; i < failures; i++)
        {
            if (ceiling >= longest / 2)
            {
                return longest;
            }

            ceiling *= 2;
        }

        return ceiling < longest ? ceiling : longest;
    }

    /// <summary>Counts a failure and gives a wait between 0 and the ceiling.</summary>
    public TimeSpan Next() => CeilingAfter(++Failures) * random();

    /// <summary>Forgets the failures.</summary>
    public void Reset() => Failures = 0;
}
