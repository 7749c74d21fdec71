using System.Text.Json;
using System.Text.Json.Serialization;

namespace FastPubSub.Tests.Core;

/// <summary>One case of a vector file. A member that is not known here is a failure: the test would test too little.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record Vector
{
    [JsonPropertyName("name")]
    public required string Name { get; init; }

    [JsonPropertyName("rules")]
    public required string[] Rules { get; init; }

    [JsonPropertyName("tenant")]
    public string? Tenant { get; init; }

    [JsonPropertyName("normalized")]
    public string? Normalized { get; init; }

    [JsonPropertyName("channel")]
    public string? Channel { get; init; }

    [JsonPropertyName("pattern")]
    public string? Pattern { get; init; }

    [JsonPropertyName("valid")]
    public bool Valid { get; init; }

    [JsonPropertyName("reason")]
    public string? Reason { get; init; }

    // The normal form of a pattern, which an SDK does not keep.
    [JsonPropertyName("literal")]
    public bool Literal { get; init; }

    [JsonPropertyName("matchers")]
    public JsonElement Matchers { get; init; }

    [JsonPropertyName("open")]
    public bool Open { get; init; }

    public override string ToString() => Name;

    /// <summary>The cases of a file in conformance/vectors.</summary>
    public static TheoryData<Vector> Load(string file)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var path = Path.Combine(folder.FullName, "conformance", "vectors", file);
            if (File.Exists(path))
            {
                var cases = JsonDocument.Parse(File.ReadAllText(path)).RootElement.GetProperty("cases").Deserialize<Vector[]>()!;
                Assert.NotEmpty(cases);
                return [.. cases];
            }
        }

        throw new FileNotFoundException("the tests do not run inside the repository", file);
    }
}
