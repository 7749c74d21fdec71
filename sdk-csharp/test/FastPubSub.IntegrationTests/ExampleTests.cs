using System.Diagnostics;
using FastPubSub.IntegrationTests.Servers;

namespace FastPubSub.IntegrationTests;

/// <summary>The examples run and say what they promise.</summary>
public class ExampleTests(SharedServer shared) : IClassFixture<SharedServer>
{
    [Theory]
    [InlineData("Quickstart", "orders.eu: hello")]
    [InlineData("TokenRefresh", "Connected")]
    [InlineData("Publishing", "done")]
    [InlineData("SlowConsumer", "read 100, missed 900")]
    [InlineData("ManySubscriptions", "500 messages in 500 rooms")]
    public async Task The_example_runs(string name, string lastLine)
    {
        var server = shared.Server;
        var start = StartOf(name);
        start.Environment["FASTPUBSUB_URL"] = server.Url("ws");
        start.Environment["FASTPUBSUB_TOKEN"] = server.AccessToken;
        start.Environment["FASTPUBSUB_SERVER"] = server.TokenUrl("rest");
        start.Environment["FASTPUBSUB_MASTER_TOKEN"] = server.MasterToken;
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var said = await process.StandardOutput.ReadToEndAsync().WaitAsync(TimeSpan.FromMinutes(1));
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, await errors);
        Assert.Equal(lastLine, said.TrimEnd().Split('\n')[^1]);
    }

    /// <summary>How an example is started.</summary>
    internal static ProcessStartInfo StartOf(string name) => StartOf("examples", name);

    /// <summary>How a program of a folder beside the source is started.</summary>
    internal static ProcessStartInfo StartOf(string folder, string name)
    {
        var output = new DirectoryInfo(AppContext.BaseDirectory);
        var configuration = output.Parent!.Name;
        var root = output.Parent!.Parent!.Parent!.Parent!.Parent!.FullName;
        var program = Path.Combine(root, folder, name, "bin", configuration, output.Name, name + ".dll");
        return new("dotnet", [program]) { RedirectStandardOutput = true, RedirectStandardError = true };
    }
}
