using FastPubSub.Core;

namespace FastPubSub.Tests.Core;

/// <summary>Exponential back-off with full jitter: SDK-7.</summary>
public class BackoffTests
{
    [Fact]
    public void SDK_7_the_ceiling_doubles_from_100_ms_to_30_s()
    {
        var backoff = new Backoff(TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(30), () => 1);
        double[] expected = [100, 200, 400, 800, 1600, 3200, 6400, 12800, 25600, 30000, 30000];
        Assert.Equal(expected, expected.Select(_ => backoff.Next().TotalMilliseconds));
        Assert.Equal(TimeSpan.FromSeconds(30), backoff.CeilingAfter(int.MaxValue));
        backoff.Reset();
        Assert.Equal(100, backoff.Next().TotalMilliseconds);
    }

    [Fact]
    public void SDK_7_the_wait_is_anything_from_nothing_to_the_ceiling()
    {
        var random = new Random(1);
        var backoff = new Backoff(TimeSpan.FromMilliseconds(100), TimeSpan.FromMilliseconds(100), random.NextDouble);
        var waits = Enumerable.Range(0, 1000).Select(_ => backoff.Next().TotalMilliseconds).ToArray();
        Assert.All(waits, wait => Assert.InRange(wait, 0, 100));
        Assert.InRange(waits.Average(), 45, 55);
    }

    [Theory]
    [InlineData(600, 540, 10)]
    [InlineData(90, 60, 5)]
    [InlineData(3, 2, 1 / 6.0)]
    [InlineData(0.01, 0.1, 0.1)]
    public void SDK_2_a_token_is_renewed_a_minute_or_a_third_before_it_expires(double left, double first, double again)
    {
        var plan = RenewalSchedule.For(TimeSpan.FromSeconds(left));
        Assert.Equal(first, plan.First.TotalSeconds, 3);
        Assert.Equal(again, plan.Again.TotalSeconds, 3);
    }
}
