using System.Diagnostics.CodeAnalysis;
using FastPubSub.Transport;
using FastPubSub.Wire;

namespace FastPubSub.Core;

/// <summary>
/// The life of one connection, free of any transport: it starts with the welcome, sends commands in order, matches
/// answers with them, hands deliveries to the dispatcher, watches that the peer is alive, and ends once, with a cause.
/// What outlives a connection (outbox, registry, dispatcher) is not here. All methods may be called concurrently.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "A cancellation source without a timer holds nothing.")]
internal sealed partial class Session
{
    private readonly object gate = new();
    private readonly IConnection connection;
    private readonly SessionParts parts;
    private readonly Ledger ledger;
    private readonly Dispatcher.Feed feed;
    private readonly Queue<byte[]> control = new(); // the session's own frames; they go before the outbox's
    private readonly Dictionary<ulong, Ticket> publishes = [];
    private readonly Dictionary<ulong, PendingCommand> commands = [];
    private readonly TaskCompletionSource<SessionWelcome> welcomed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<Departure> departing = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource life = new(); // ends with done
    private Task running = Task.CompletedTask;
    private volatile bool heard; // something has come since the keep-alive looked last
    private long roundTripTicks; // 0: not measured yet
    private long expiryTicks; // of the token, UTC; 0: unknown
    private Fault? cause;
    private bool finishing; // CloseAsync has been called
    private bool ended;
    private Task cutting = Task.CompletedTask; // the connection's abort
    private ITimer? lastWord; // ends the session when the peer does not

    private Session(IConnection connection, SessionParts parts)
    {
        this.connection = connection;
        this.parts = parts;
        ledger = parts.Registry.Open();
        feed = parts.Dispatcher.Open();
    }

    /// <summary>What the server said at the start.</summary>
    public SessionWelcome Welcome => welcomed.Task.Result;

    /// <summary>Takes from the outbox when it is attached.</summary>
    public Consumer Consumer { get; } = new();

    /// <summary>Complete when the session has ended.</summary>
    public Task Done => done.Task;

    /// <summary>Cancelled when the session has ended.</summary>
    public CancellationToken Life => life.Token;

    public bool IsAlive => !done.Task.IsCompleted;

    /// <summary>Complete when the server has asked the client to move.</summary>
    public Task<Departure> Departing => departing.Task;

    /// <summary>Why the session ended, once it has.</summary>
    public Fault Cause
    {
        get
        {
            lock (gate)
            {
                return cause ?? PendingCommand.Lost(null);
            }
        }
    }

    /// <summary>The last measured round-trip time; null when there is none yet.</summary>
    public TimeSpan? RoundTripTime => Interlocked.Read(ref roundTripTicks) is > 0 and var ticks ? TimeSpan.FromTicks(ticks) : null;

    /// <summary>When the session's token expires, by the server's clock; null when the server has not said.</summary>
    public DateTimeOffset? TokenExpiry => Interlocked.Read(ref expiryTicks) is > 0 and var ticks ? new DateTimeOffset(ticks, TimeSpan.Zero) : null;

    /// <summary>
    /// Starts a session on a fresh connection and waits for the welcome. It owns the connection; when it fails, the
    /// connection is gone.
    /// </summary>
    public static async Task<Session> OpenAsync(IConnection connection, SessionParts parts, CancellationToken cancellationToken)
    {
        var session = new Session(connection, parts);
        var reading = Task.Run(session.ReadAsync, CancellationToken.None);
        session.running = reading;
        try
        {
            await Task.WhenAny(session.welcomed.Task, session.Done).WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException exception)
        {
            session.End(Fault.Wrap(exception, ErrorReasons.Unreachable, "the server did not welcome the connection in time"));
        }

        if (!session.IsAlive)
        {
            await session.AbortAsync(session.Cause).ConfigureAwait(false);
            throw session.Cause.ToException();
        }

        session.running = Task.WhenAll(
            reading, Task.Run(session.WriteAsync, CancellationToken.None), Task.Run(session.KeepAliveAsync, CancellationToken.None));
        return session;
    }

    /// <summary>Presents a fresh token.</summary>
    public Receipt Authenticate(string token)
    {
        var receipt = new Receipt();
        Send(new PendingCommand(CommandKind.Authenticate, receipt), id => Commands.Authenticate(id, token));
        return receipt;
    }

    /// <summary>
    /// Its receipt completes when the server has handled every command that was sent before and its answers have been
    /// read.
    /// </summary>
    public Receipt Fence() => Ping();

    /// <summary>
    /// Queues one of the session's own commands and keeps its record until the answer comes. When the session has ended
    /// already, the command ends with it.
    /// </summary>
    private void Send(PendingCommand command, Func<ulong, byte[]> encode)
    {
        var id = parts.Outbox.NextId();
        lock (gate)
        {
            if (!ended)
            {
                commands[id] = command;
                control.Enqueue(encode(id));
                Consumer.Wake.Set();
                return;
            }
        }

        command.Abandon(Cause);
    }

    private Receipt Ping()
    {
        var receipt = new Receipt();
        Send(new PendingCommand(CommandKind.Ping, receipt) { SentAt = parts.Time.GetTimestamp() }, Commands.Ping);
        return receipt;
    }
}
