using FastPubSub.Conformance.V1;
using Google.Protobuf.WellKnownTypes;

namespace FastPubSub.Conformance;

/// <summary>One client of the SDK, from the command that opens it on.</summary>
internal sealed class DrivenClient(OpenCommand command, FrameWriter output, StandardErrorLog log)
{
    private readonly CancellationTokenSource giveUp = new(); // ends connecting
    private readonly TaskCompletionSource<FastPubSubClient?> opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly object gate = new();
    private readonly Queue<Action> waiting = new(); // calls for when connecting has ended, in order
    private string token = command.Token;
    private string optionsText = string.Empty;

    /// <summary>Connects.</summary>
    public async Task<Result> OpenAsync(CancellationToken cancellationToken)
    {
        FastPubSubClient? client = null;
        Result result;
        try
        {
            using var both = CancellationTokenSource.CreateLinkedTokenSource(giveUp.Token, cancellationToken);
            var options = ClientSettings.Of(command, Source(), ReportState, ReportError, log);
            optionsText = $"{options} {options.TokenSource} {options.Tls} {options.Reconnect}";
            client = await FastPubSubClient.ConnectAsync(options, both.Token);
            result = Outcome.Success;
        }
        catch (Exception exception)
        {
            result = Outcome.Of(exception);
        }

        lock (gate)
        {
            opened.SetResult(client);
            while (waiting.TryDequeue(out var call))
            {
                call();
            }
        }

        return result;
    }

    /// <summary>
    /// Calls the SDK now, or, in the order of the calls, when connecting has ended, unless the command has been given up.
    /// </summary>
    public Task<Result> Ready(Func<FastPubSubClient, Task<Result>> call, CancellationToken givenUp)
    {
        lock (gate)
        {
            if (opened.Task.IsCompleted)
            {
                return Start();
            }

            var started = new TaskCompletionSource<Task<Result>>(TaskCreationOptions.RunContinuationsAsynchronously);
            waiting.Enqueue(() =>
            {
                if (!started.Task.IsCompleted)
                {
                    started.TrySetResult(Start());
                }
            });
            givenUp.Register(() => started.TrySetResult(Task.FromResult(Outcome.Canceled)));
            return started.Task.Unwrap();
        }

        Task<Result> Start() => opened.Task.Result is { } client ? call(client) : Task.FromResult(Outcome.NoClient(command.Client));
    }

    /// <summary>Closes the client. If it still connects, it gives that up.</summary>
    public async Task<Result> CloseAsync(CancellationToken cancellationToken)
    {
        await giveUp.CancelAsync();
        try
        {
            if (await opened.Task is { } client)
            {
                await client.CloseAsync(cancellationToken);
            }

            return Outcome.Success;
        }
        catch (Exception exception)
        {
            return Outcome.Of(exception);
        }
    }

    /// <summary>Closes the client in whatever state it is, and waits until it has ended.</summary>
    public async Task AbandonAsync()
    {
        await giveUp.CancelAsync();
        if (await opened.Task is { } client)
        {
            await client.DisposeAsync();
        }
    }

    /// <summary>Changes what the token source gives from now on.</summary>
    public void Supply(string next) => Volatile.Write(ref token, next);

    /// <summary>Reads what can be read of a client.</summary>
    public Task<Result> InspectAsync(FastPubSubClient client) => Task.FromResult(Outcome.Of(new Success
    {
        Inspection = new Inspection
        {
            State = StateOf(client.Status.State),
            RoundTripTime = client.RoundTripTime?.ToDuration(),
            DebugText = $"{client} {client.Status} {optionsText}",
        },
    }));

    private static ClientState StateOf(ConnectionState state) => state switch
    {
        ConnectionState.Connecting => ClientState.Connecting,
        ConnectionState.Connected => ClientState.Connected,
        ConnectionState.Reconnecting => ClientState.Reconnecting,
        ConnectionState.Closed => ClientState.Closed,
        _ => ClientState.Unspecified,
    };

    private TokenSource Source() => !command.UseTokenSource
        ? TokenSource.Fixed(command.Token)
        : TokenSource.FromCallback(_ =>
        {
            output.Write(new Event { TokenRequested = new TokenRequested { Client = command.Client } });
            var supplied = Volatile.Read(ref token);
            return supplied.Length > 0 ? new(supplied) : throw new InvalidOperationException("the runner supplies no token");
        });

    private void ReportState(ConnectionStatus status) => output.Write(new Event
    {
        StateChanged = new StateChanged
        {
            Client = command.Client,
            State = StateOf(status.State),
            Cause = status.Cause is { } cause ? Outcome.Reported(cause) : null,
        },
    });

    private void ReportError(FastPubSubException failure) => output.Write(new Event
    {
        ErrorReported = new ErrorReported { Client = command.Client, Error = Outcome.Reported(failure) },
    });
}
