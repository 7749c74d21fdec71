using FastPubSub.Core;

namespace FastPubSub.Tests.Vectors;

/// <summary>A case of match.json.</summary>
public sealed record MatchVector : Vector
{
    public required string Pattern { get; init; }

    public required string Channel { get; init; }

    // Only the server matches; the conformance cases show the outcome with this SDK.
    public required bool Matches { get; init; }
}

/// <summary>
/// This SDK matches nothing itself: it routes a delivery by the handles that the server gives its patterns
/// (<see cref="Dispatcher"/>). So what it owes the vectors is that it refuses none of their names: SDK-16.
/// </summary>
public class MatchVectorTests
{
    private static readonly SessionLimits Limits = SessionLimits.Default;

    public static TheoryData<MatchVector> Cases => VectorFile.Load<MatchVector>("match.json");

    [Theory]
    [MemberData(nameof(Cases), DisableDiscoveryEnumeration = true)]
    public void SDK_16_the_names_of_every_match_are_accepted(MatchVector vector)
    {
        Names.Pattern(vector.Pattern, Limits.Channel);
        Names.Channel(vector.Channel, Limits.Channel);
    }
}
