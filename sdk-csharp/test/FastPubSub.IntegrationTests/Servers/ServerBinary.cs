using System.Diagnostics;

namespace FastPubSub.IntegrationTests.Servers;

/// <summary>
/// The server's program: the file that FASTPUBSUB_SERVER_BINARY names, otherwise one that is built from this repository.
/// Without either the tests fail.
/// </summary>
internal static class ServerBinary
{
    private const string Variable = "FASTPUBSUB_SERVER_BINARY";
    private static readonly Lazy<Task<string>> Found = new(FindAsync);

    public static Task<string> PathAsync() => Found.Value;

    private static async Task<string> FindAsync()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } given)
        {
            return File.Exists(given) ? given : throw new InvalidOperationException($"{Variable} names {given}, which is not there");
        }

        var path = Path.Combine(Directory.CreateTempSubdirectory("fastpubsub-server-").FullName, "fastpubsub");
        using var build = Process.Start(new ProcessStartInfo("go", ["build", "-o", path, "./server/cmd/fastpubsub"])
        {
            WorkingDirectory = RepositoryRoot(),
            RedirectStandardError = true,
        }) ?? throw new InvalidOperationException($"go could not be started; set {Variable}");
        var said = await build.StandardError.ReadToEndAsync();
        await build.WaitForExitAsync();
        return build.ExitCode == 0 ? path : throw new InvalidOperationException($"the server could not be built; set {Variable}: {said}");
    }

    private static string RepositoryRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "go.mod")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException($"the tests do not run inside the repository; set {Variable}");
    }
}
