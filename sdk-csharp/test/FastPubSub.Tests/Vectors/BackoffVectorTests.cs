using FastPubSub.Core;

namespace FastPubSub.Tests.Vectors;

/// <summary>A case of backoff.json.</summary>
public sealed record BackoffVector : Vector
{
    public required double MinMs { get; init; }

    public required double MaxMs { get; init; }

    public required int Failures { get; init; }

    public required double Fraction { get; init; }

    public required double CeilingMs { get; init; }

    public required double WaitMs { get; init; }
}

/// <summary>How long a client waits before it connects again: SDK-7.</summary>
public class BackoffVectorTests
{
    public static TheoryData<BackoffVector> Cases => VectorFile.Load<BackoffVector>("backoff.json");

    [Theory]
    [MemberData(nameof(Cases), DisableDiscoveryEnumeration = true)]
    public void SDK_7_waits(BackoffVector vector)
    {
        var backoff = new Backoff(TimeSpan.FromMilliseconds(vector.MinMs), TimeSpan.FromMilliseconds(vector.MaxMs), () => vector.Fraction);
        Assert.Equal(vector.CeilingMs, backoff.CeilingAfter(vector.Failures).TotalMilliseconds, Tolerance(vector.CeilingMs));
        for (var failure = 1; failure < Math.Min(vector.Failures, 100); failure++)
        {
            backoff.Next();
        }

        if (vector.Failures <= 100)
        {
            Assert.Equal(vector.WaitMs, backoff.Next().TotalMilliseconds, Tolerance(vector.WaitMs));
        }
    }

    private static double Tolerance(double milliseconds) => Math.Max(1, milliseconds * 1e-6);
}
