using System.Text.Json;
using System.Text.Json.Serialization;

namespace FastPubSub.Tests.Vectors;

/// <summary>The files in conformance/vectors, which the server and every SDK run.</summary>
internal static class VectorFile
{
    // A member that is not known here is a failure: the test would test too little.
    private static readonly JsonSerializerOptions Reading = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        NumberHandling = JsonNumberHandling.AllowReadingFromString,
        RespectRequiredConstructorParameters = true,
    };

    /// <summary>The cases of a file.</summary>
    public static TheoryData<T> Load<T>(string file)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var path = Path.Combine(folder.FullName, "conformance", "vectors", file);
            if (File.Exists(path))
            {
                var cases = JsonDocument.Parse(File.ReadAllText(path)).RootElement.GetProperty("cases").Deserialize<T[]>(Reading)!;
                Assert.NotEmpty(cases);
                return [.. cases];
            }
        }

        throw new FileNotFoundException("the tests do not run inside the repository", file);
    }
}
