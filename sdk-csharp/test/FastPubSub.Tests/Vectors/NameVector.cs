using System.Text.Json;

namespace FastPubSub.Tests.Vectors;

/// <summary>A case of tenants.json, channels.json or patterns.json.</summary>
public sealed record NameVector : Vector
{
    public string? Tenant { get; init; }

    public string? Normalized { get; init; }

    public string? Channel { get; init; }

    public string? Pattern { get; init; }

    public required bool Valid { get; init; }

    public string? Reason { get; init; }

    // The normal form of a pattern, which an SDK does not keep.
    public bool Literal { get; init; }

    public JsonElement Matchers { get; init; }

    public bool Open { get; init; }
}
