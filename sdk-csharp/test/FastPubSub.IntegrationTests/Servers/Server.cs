using System.Diagnostics;
using System.Text.Json;

namespace FastPubSub.IntegrationTests.Servers;

/// <summary>A running server, with a token for everything in the tenants my-tenant and ~.</summary>
internal sealed class Server : IAsyncDisposable
{
    public const string Tenant = "my-tenant";

    private readonly Process process;
    private readonly DirectoryInfo folder;

    private Server(Process process, DirectoryInfo folder, JsonElement ready, bool secure)
    {
        this.process = process;
        this.folder = folder;
        IsSecure = secure;
        Http = ready.GetProperty("http").GetString()!;
        Grpc = ready.GetProperty("grpc").GetString()!;
        MasterToken = ready.GetProperty("master_token").GetString()!;
        AccessToken = ready.GetProperty("access_token").GetString()!;
    }

    public string Http { get; }

    public string Grpc { get; }

    public string MasterToken { get; }

    public string AccessToken { get; }

    private bool IsSecure { get; }

    public static async Task<Server> StartAsync(params string[] flags)
    {
        var folder = Directory.CreateTempSubdirectory("fastpubsub-test-");
        var readyFile = Path.Combine(folder.FullName, "ready.json");
        using var watcher = new FileSystemWatcher(folder.FullName);
        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        watcher.Created += (_, _) => Look();
        watcher.Renamed += (_, _) => Look();
        watcher.EnableRaisingEvents = true;
        string[] addresses = flags.Any(flag => flag.StartsWith("--http-addr", StringComparison.Ordinal))
            ? []
            : ["--http-addr", "127.0.0.1:0", "--grpc-addr", "127.0.0.1:0"];
        string[] arguments = ["serve", "--dev", "--ready-file", readyFile, .. addresses, .. flags];
        var start = new ProcessStartInfo(await ServerBinary.PathAsync(), arguments) { RedirectStandardError = true };
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("FASTPUBSUB_", StringComparison.Ordinal)).ToArray())
        {
            start.Environment.Remove(name); // the server refuses variables that it does not know
        }

        var process = Process.Start(start)!;
        var said = process.StandardError.ReadToEndAsync();
        var exited = process.WaitForExitAsync();
        Look();
        await Task.WhenAny(ready.Task, exited).WaitAsync(TimeSpan.FromSeconds(60));
        if (!ready.Task.IsCompleted)
        {
            throw new InvalidOperationException("the server has ended: " + await said);
        }

        var content = JsonDocument.Parse(await File.ReadAllTextAsync(readyFile)).RootElement;
        return new Server(process, folder, content, flags.Contains("--tls-cert-file"));

        void Look()
        {
            if (File.Exists(readyFile))
            {
                ready.TrySetResult();
            }
        }
    }

    /// <summary>The address for a transport: ws or grpc.</summary>
    public string Url(string transport) => AddressOf(transport, transport == "ws" ? Http : Grpc);

    public string AddressOf(string transport, string host) => (transport, IsSecure) switch
    {
        ("ws", false) => $"ws://{host}/ws",
        ("ws", true) => $"wss://{host}/ws",
        (_, false) => $"grpc://{host}",
        (_, true) => $"grpcs://{host}",
    };

    /// <summary>The address for a token client: rest or grpc.</summary>
    public string TokenUrl(string wire) => wire == "rest" ? $"http://{Http}" : $"grpc://{Grpc}";

    public FastPubSubTokenClient TokenClient(string wire = "rest") => new(TokenUrl(wire), MasterToken);

    /// <summary>A token for everything in the tenant, unless it is changed.</summary>
    public async Task<CreatedToken> CreateTokenAsync(Func<TokenRight, TokenRight>? change = null, TimeSpan? life = null)
    {
        var right = new TokenRight
        {
            TenantGrants = [new TenantGrant { TenantIds = [Tenant], AllowChannelsPub = ["#"], AllowChannelsSub = ["#"] }],
            ExpiresAt = DateTimeOffset.UtcNow + (life ?? TimeSpan.FromHours(1)),
        };
        using var tokens = TokenClient();
        return await tokens.CreateAsync(new TokenRequest { Right = change?.Invoke(right) ?? right }).Soon();
    }

    /// <summary>Asks the server to drain.</summary>
    public void Terminate() => Process.Start("kill", ["-TERM", process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)])!.WaitForExit();

    /// <summary>Ends the server without a word.</summary>
    public async Task KillAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
    }

    public Task ExitedAsync() => process.WaitForExitAsync();

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            await KillAsync();
        }

        process.Dispose();
        folder.Delete(recursive: true);
    }
}
