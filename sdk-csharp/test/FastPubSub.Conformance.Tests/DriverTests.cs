using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using FastPubSub.Conformance.V1;

namespace FastPubSub.Conformance.Tests;

/// <summary>What a driver owes the runner, whatever the SDK does.</summary>
public class DriverTests
{
    private readonly Runner runner = new();

    [Fact]
    public async Task The_first_frame_is_hello_and_the_end_of_the_input_ends_the_driver()
    {
        var hello = (await runner.NextAsync()).Hello;
        Assert.Equal((1U, "csharp"), (hello.ProtocolVersion, hello.Sdk));
        Assert.NotEmpty(hello.SdkVersion);
        runner.End();
        await runner.Serving.Soon();
    }

    [Fact]
    public async Task What_never_was_is_a_fault()
    {
        runner.Send(new RunnerFrame { CommandId = 1, Close = new() { Client = 7 } });
        Assert.Equal((1UL, "there is no client 7"), await FaultAsync());
        runner.Send(new RunnerFrame { CommandId = 2, Unsubscribe = new() { Subscription = 8 } });
        Assert.Equal((2UL, "there is no subscription 8"), await FaultAsync());

        async Task<(ulong, string)> FaultAsync()
        {
            var result = await runner.ResultAsync();
            return (result.CommandId, result.Fault);
        }
    }

    [Fact]
    public async Task A_command_that_only_a_newer_runner_knows_is_unsupported()
    {
        runner.Send(new RunnerFrame { CommandId = 1 });
        Assert.Equal(Result.OutcomeOneofCase.Unsupported, (await runner.ResultAsync()).OutcomeCase);
    }

    [Fact]
    public async Task The_SDKs_own_error_comes_with_its_causes_and_what_waits_for_the_client_is_answered()
    {
        runner.Send(new RunnerFrame { CommandId = 1, Open = OpenOf("ws://127.0.0.1:0/ws") });
        runner.Send(new RunnerFrame { CommandId = 2, Publish = new() { Client = 3, Channel = "a" } });
        Result[] results = [await runner.ResultAsync(), await runner.ResultAsync()];
        var refused = results.Single(result => result.CommandId == 1).Error;
        Assert.Equal((ErrorReasons.RequestInvalid, false), (refused.Reason, refused.Retryable));
        Assert.Contains("a port is 1 to 65535", refused.Message, StringComparison.Ordinal);
        Assert.Equal("there is no client 3", results.Single(result => result.CommandId == 2).Fault);
    }

    [Fact]
    public async Task SDK_17_a_task_that_is_left_behind_is_found()
    {
        LiveTasks.Track();
        using var silent = new TcpListener(IPAddress.Loopback, 0); // accepts and says nothing
        silent.Start();
        using var giveUp = new CancellationTokenSource();
        var connecting = FastPubSubClient.ConnectAsync($"ws://{silent.LocalEndpoint}/ws", "AT_1_2", giveUp.Token);
        using var connection = await silent.AcceptTcpClientAsync().Soon();
        await RunsAsync("FastPubSub.Core.Supervisor+<RunAsync>").Soon();
        await RunsAsync("System.Net.Http").Soon();
        await giveUp.CancelAsync();
        Assert.Equal(ErrorReasons.Canceled, await Patience.CancellationOf(connecting));
        Assert.Empty(await LiveTasks.AfterAsync(TimeSpan.FromSeconds(60)).Soon());
    }

    [Fact]
    public async Task SDK_17_a_handler_that_still_runs_is_found()
    {
        LiveTasks.Track();
        using var goOn = new ManualResetEventSlim();
        var options = new FastPubSubClientOptions
        {
            Url = "ws://127.0.0.1:1/ws",
            TokenSource = TokenSource.Fixed(string.Empty), // refused at once
            OnStateChanged = _ => goOn.Wait(),
        };
        await Patience.FailureOf(FastPubSubClient.ConnectAsync(options));
        await RunsAsync("FastPubSub.Core.Notifier").Soon();
        goOn.Set();
        Assert.Empty(await LiveTasks.AfterAsync(TimeSpan.FromSeconds(60)).Soon());
    }

    [Fact]
    public async Task Closing_everything_ends_what_still_connects_with_one_result_each()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        runner.Send(new RunnerFrame { CommandId = 1, Open = OpenOf($"ws://{silent.LocalEndpoint}/ws") });
        using var connection = await silent.AcceptTcpClientAsync().Soon();
        runner.Send(new RunnerFrame { CommandId = 2, CloseAll = new() });
        Result[] results = [await runner.ResultAsync(), await runner.ResultAsync()];
        Assert.Equal(ErrorReasons.Canceled, results.Single(result => result.CommandId == 1).Error.Reason);
        Assert.Equal(0U, results.Single(result => result.CommandId == 2).Success.CloseAll.Leaked);
        runner.End();
        await runner.Serving.Soon();
    }

    [Theory]
    [InlineData("certificate")]
    [InlineData("key")]
    public async Task What_the_SDKs_types_cannot_hold_is_unsupported(string what)
    {
        var open = OpenOf("wss://127.0.0.1:1/ws");
        open.Options = new ClientOptions { CertificatePem = "nonsense", KeyPem = "nonsense" };
        if (what == "key")
        {
            using var key = RSA.Create(2048);
            var request = new CertificateRequest("CN=client", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
            using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow, DateTimeOffset.UtcNow.AddDays(1));
            open.Options.CertificatePem = certificate.ExportCertificatePem();
        }

        runner.Send(new RunnerFrame { CommandId = 1, Open = open });
        Assert.Contains("X509Certificate2", (await runner.ResultAsync()).Unsupported, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_command_that_is_given_up_has_one_result_and_so_has_what_waits_for_it()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        runner.Send(new RunnerFrame { CommandId = 1, Open = OpenOf($"ws://{silent.LocalEndpoint}/ws") });
        using var connection = await silent.AcceptTcpClientAsync().Soon();
        runner.Send(new RunnerFrame { CommandId = 2, Publish = new() { Client = 3, Channel = "a" } });
        runner.Send(new RunnerFrame { CommandId = 3, Cancel = new() { CommandId = 2 } });
        Result[] waiting = [await runner.ResultAsync(), await runner.ResultAsync()];
        Assert.NotNull(waiting.Single(result => result.CommandId == 2).Canceled);
        Assert.NotNull(waiting.Single(result => result.CommandId == 3).Success);
        runner.Send(new RunnerFrame { CommandId = 4, Cancel = new() { CommandId = 1 } });
        Result[] connecting = [await runner.ResultAsync(), await runner.ResultAsync()];
        Assert.Equal(ErrorReasons.Canceled, connecting.Single(result => result.CommandId == 1).Error.Reason);
        Assert.NotNull(connecting.Single(result => result.CommandId == 4).Success);
        runner.Send(new RunnerFrame { CommandId = 5, Cancel = new() { CommandId = 99 } });
        Assert.NotNull((await runner.ResultAsync()).Success);
    }

    [Fact]
    public async Task A_client_that_is_dropped_while_it_connects_leaves_nothing()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        runner.Send(new RunnerFrame { CommandId = 1, Open = OpenOf($"grpc://{silent.LocalEndpoint}") });
        using var connection = await silent.AcceptTcpClientAsync().Soon();
        runner.Send(new RunnerFrame { CommandId = 2, Drop = new() { Client = 3 } });
        Result[] results = [await runner.ResultAsync(), await runner.ResultAsync()];
        Assert.Equal(ErrorReasons.Canceled, results.Single(result => result.CommandId == 1).Error.Reason);
        Assert.NotNull(results.Single(result => result.CommandId == 2).Success);
        runner.Send(new RunnerFrame { CommandId = 3, CloseAll = new() });
        Assert.Equal(0U, (await runner.ResultAsync()).Success.CloseAll.Leaked);
    }

    [Fact]
    public async Task The_end_of_the_input_gives_up_what_still_connects()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        runner.Send(new RunnerFrame { CommandId = 1, Open = OpenOf($"grpc://{silent.LocalEndpoint}") });
        using var connection = await silent.AcceptTcpClientAsync().Soon();
        runner.End();
        Assert.Equal(ErrorReasons.Canceled, (await runner.ResultAsync()).Error.Reason);
        await runner.Serving.Soon();
    }

    [Theory]
    [InlineData("00")]
    [InlineData("0000000401")]
    [InlineData("7FFFFFFF")]
    [InlineData("00000001FF")]
    public async Task An_input_that_is_not_made_of_frames_is_an_error(string bytes)
    {
        runner.SendRaw(Convert.FromHexString(bytes));
        runner.End();
        await Assert.ThrowsAsync<InvalidDataException>(() => runner.Serving.Soon());
    }

    /// <summary>Waits until a method with such a name is seen to run; of other threads there is no sign but that.</summary>
    private static async Task RunsAsync(string name)
    {
        using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        while (!LiveTasks.Now().Any(other => other.StartsWith(name, StringComparison.Ordinal)))
        {
            await pause.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }
    }

    private static OpenCommand OpenOf(string url) => new() { Client = 3, Url = url, Token = "AT_1_2" };
}
