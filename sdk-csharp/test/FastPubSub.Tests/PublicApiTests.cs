namespace FastPubSub.Tests;

/// <summary>The public surface is small, and stands in the reviewed list, which the compiler compares member by member.</summary>
public class PublicApiTests
{
    [Fact]
    public void Every_public_type_stands_in_the_reviewed_list()
    {
        var listed = new[] { "PublicAPI.Shipped.txt", "PublicAPI.Unshipped.txt" }
            .SelectMany(file => File.ReadAllLines(Path.Combine(SourceFolder(), file))).ToHashSet();
        var types = typeof(FastPubSubClient).Assembly.GetExportedTypes();
        Assert.All(types, type => Assert.Contains(type.FullName!, listed));
        Assert.InRange(types.Length, 20, 30);
    }

    private static string SourceFolder()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var source = Path.Combine(folder.FullName, "src", "FastPubSub");
            if (Directory.Exists(source))
            {
                return source;
            }
        }

        throw new DirectoryNotFoundException("the tests do not run inside the repository");
    }
}
