using System.Diagnostics;
using FastPubSub.Core;
using FastPubSub.Transport;
using FastPubSub.Wire;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace FastPubSub;

/// <summary>
/// A connection to FastPubSub that looks after itself. Make one with
/// <see cref="ConnectAsync(string, string, CancellationToken)"/> and share it: all methods may be called concurrently,
/// and one connection serves any number of subscriptions and publishers.
/// <para>
/// An application should dispose of its clients. One that it forgets does not keep the process running, and stays connected
/// until the process ends, also when nothing refers to it any more: its subscriptions and handlers may still be wanted.
/// </para>
/// </summary>
[DebuggerDisplay("{ToString(),nq}")]
public sealed class FastPubSubClient : IAsyncDisposable
{
    private readonly Supervisor supervisor;
    private readonly FastPubSubClientOptions options;
    private readonly ILogger logger;

    private FastPubSubClient(Supervisor supervisor, FastPubSubClientOptions options, ILogger logger)
    {
        this.supervisor = supervisor;
        this.options = options;
        this.logger = logger;
    }

    /// <summary>The state of the client now.</summary>
    public ConnectionStatus Status => supervisor.Status;

    /// <summary>
    /// Complete when the client is <see cref="ConnectionState.Closed"/> and nothing of it runs any more;
    /// <see cref="Status"/> then has the cause. It never fails.
    /// </summary>
    public Task Completion => supervisor.Done;

    /// <summary>
    /// The round-trip time to the server that was measured last. The client measures it when it has connected and then
    /// in the interval that the server asks for. Null as long as nothing has been measured.
    /// </summary>
    public TimeSpan? RoundTripTime => supervisor.RoundTripTime;

    /// <summary>Connects with an access token that stays the same. See the overload with options.</summary>
    /// <param name="url">The server's address, for example <c>ws://127.0.0.1:8080/ws</c>.</param>
    /// <param name="token">The access token, <c>AT_…</c>. When it expires the client ends.</param>
    /// <param name="cancellationToken">Gives up connecting.</param>
    /// <returns>The connected client.</returns>
    /// <exception cref="FastPubSubException">There is no connection.</exception>
    public static Task<FastPubSubClient> ConnectAsync(string url, string token, CancellationToken cancellationToken = default) =>
        ConnectAsync(url, TokenSource.Fixed(token), cancellationToken);

    /// <summary>Connects with access tokens from a source. See the overload with options.</summary>
    /// <param name="url">The server's address, for example <c>ws://127.0.0.1:8080/ws</c>.</param>
    /// <param name="tokenSource">Where access tokens come from.</param>
    /// <param name="cancellationToken">Gives up connecting.</param>
    /// <returns>The connected client.</returns>
    /// <exception cref="FastPubSubException">There is no connection.</exception>
    public static Task<FastPubSubClient> ConnectAsync(string url, TokenSource tokenSource, CancellationToken cancellationToken = default) =>
        ConnectAsync(new FastPubSubClientOptions { Url = url, TokenSource = tokenSource }, cancellationToken);

    /// <summary>
    /// Connects, and completes when the server has welcomed the client. A server that cannot be reached is tried again,
    /// with back-off, until <see cref="FastPubSubClientOptions.ConnectTimeout"/> is over; the exception then tells of the
    /// last attempt. A reason that another attempt does not mend (a wrong token, a certificate that does not verify, a
    /// wrong option) ends connecting at once. Afterwards the cancellation token does not matter any more: the client lives
    /// until it is closed, or until the server refuses it for good.
    /// </summary>
    /// <param name="options">The address, the token and everything else.</param>
    /// <param name="cancellationToken">Gives up connecting.</param>
    /// <returns>The connected client.</returns>
    /// <exception cref="FastPubSubException">There is no connection.</exception>
    public static async Task<FastPubSubClient> ConnectAsync(FastPubSubClientOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        var endpoint = options.Validate();
        IDialer dialer = endpoint.IsGrpc ? new GrpcDialer(endpoint, options.Tls) : new WebSocketDialer(endpoint, options.Tls);
        return await ConnectAsync(options, dialer, Random.Shared.NextDouble, cancellationToken).ConfigureAwait(false);
    }

    internal static async Task<FastPubSubClient> ConnectAsync(
        FastPubSubClientOptions options, IDialer dialer, Func<double> random, CancellationToken cancellationToken)
    {
        var logger = (options.LoggerFactory ?? NullLoggerFactory.Instance).CreateLogger("FastPubSub");
        var supervisor = await Supervisor.StartAsync(
            new SupervisorSettings
            {
                Dialer = dialer,
                Source = options.TokenSource,
                Backoff = new Backoff(options.Reconnect.Shortest, options.Reconnect.Longest, random),
                AttemptTimeout = options.AttemptTimeout,
                Outbox = new OutboxLimits(options.PublishBufferMessages, options.PublishBufferBytes),
                OnState = options.OnStateChanged ?? (static _ => { }),
                OnError = options.OnError ?? (failure => SupervisorLog.Unreported(logger, failure.Message)),
                Logger = logger,
                Time = options.TimeProvider,
            },
            options.ConnectTimeout,
            cancellationToken).ConfigureAwait(false);
        return new FastPubSubClient(supervisor, options, logger);
    }

    /// <summary>
    /// Subscribes to everything in a tenant that matches a pattern, and completes when the server has acknowledged it:
    /// from then on nothing is missed, read or not. Several subscriptions may have the same pattern.
    /// </summary>
    /// <param name="tenant">The tenant; an empty one means "~".</param>
    /// <param name="pattern">The channel, or a pattern with the wildcards * # and &gt;.</param>
    /// <param name="options">Options, or null.</param>
    /// <param name="cancellationToken">Gives up; then nothing is subscribed to.</param>
    /// <returns>The subscription.</returns>
    /// <exception cref="FastPubSubException">The server, or the client before it, refused.</exception>
    public async Task<Subscription> SubscribeAsync(
        string tenant, string pattern, SubscriptionOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(tenant);
        ArgumentNullException.ThrowIfNull(pattern);
        var bounds = new InboxLimits(
            options?.BufferMessages ?? this.options.SubscriptionBufferMessages,
            options?.BufferBytes ?? this.options.SubscriptionBufferBytes);
        if (bounds.Messages <= 0 || bounds.Bytes <= 0)
        {
            throw Fault.New(
                ErrorReasons.RequestInvalid, $"a buffer of {bounds.Messages} messages and {bounds.Bytes} bytes holds nothing").ToException();
        }

        var member = await supervisor.SubscribeAsync(tenant, pattern, bounds, cancellationToken).ConfigureAwait(false);
        return new Subscription(supervisor, member);
    }

    /// <summary>
    /// Publishes a message, and completes when the server has acknowledged it: then it is queued for every matching
    /// subscriber of that node and handed to the other nodes. Calls need not be awaited one by one: many may be in flight,
    /// they share frames, and they keep the order of the calls.
    /// <para>
    /// While there is no connection the call waits for one, until its timeout, or fails with
    /// <see cref="ErrorReasons.BufferFull"/> when too much is waiting already. When the connection breaks before the
    /// acknowledgement, it fails with <see cref="ErrorReasons.ConnectionLost"/>: whether the message was delivered is then
    /// unknown.
    /// </para>
    /// </summary>
    /// <param name="tenant">The tenant; an empty one means "~".</param>
    /// <param name="channel">The channel, without wildcards.</param>
    /// <param name="payload">The payload, which must not change before the task is complete.</param>
    /// <param name="options">Options, or null.</param>
    /// <param name="cancellationToken">Gives up; a message that has not been sent yet never will be.</param>
    /// <returns>A task for one await.</returns>
    /// <exception cref="FastPubSubException">The message was refused, or its fate is unknown.</exception>
    public ValueTask PublishAsync(
        string tenant, string channel, ReadOnlyMemory<byte> payload, PublishOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(tenant);
        ArgumentNullException.ThrowIfNull(channel);
        options ??= PublishOptions.Default;
        try
        {
            Cancellation.ThrowIfRequested("the caller had given up already; the message was not sent", cancellationToken);
            if (options.Timeout is { } timeout && timeout <= TimeSpan.Zero)
            {
                throw Fault.New(ErrorReasons.RequestInvalid, $"the timeout {timeout} is not positive").ToException();
            }

            var ticket = supervisor.Publish(new Publication(tenant, channel, payload, options.DeliveryMode), options.Acknowledge);
            ticket?.Watch(options.Timeout, this.options.TimeProvider, cancellationToken);
            return ticket?.AsValueTask() ?? default;
        }
        catch (FastPubSubException exception)
        {
            return ValueTask.FromException(exception);
        }
        catch (OperationCanceledException exception)
        {
            return ValueTask.FromException(exception);
        }
    }

    /// <summary>
    /// Measures the round-trip time now. It completes when the server has handled everything that this client did before,
    /// also publishes without acknowledgement.
    /// </summary>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>The round-trip time.</returns>
    /// <exception cref="FastPubSubException">The connection broke, or the client is closed.</exception>
    public Task<TimeSpan> PingAsync(CancellationToken cancellationToken = default) => supervisor.PingAsync(cancellationToken);

    /// <summary>
    /// Ends the client. It waits until the server has handled what was published, unsubscribes, closes the connection, and
    /// leaves nothing running. Loops over messages end without an exception. After
    /// <see cref="FastPubSubClientOptions.CloseTimeout"/> it closes nevertheless, and says that not everything was flushed.
    /// Again it does nothing.
    /// </summary>
    /// <param name="cancellationToken">Gives up flushing; the client is closed nevertheless.</param>
    /// <returns>A task that is complete when the client has ended.</returns>
    /// <exception cref="FastPubSubException">Not everything was flushed.</exception>
    public async Task CloseAsync(CancellationToken cancellationToken = default)
    {
        using var deadline = new Deadline(options.CloseTimeout, options.TimeProvider, cancellationToken);
        var failure = await supervisor.CloseAsync(deadline.Token).ConfigureAwait(false);
        if (failure is not null)
        {
            throw cancellationToken.IsCancellationRequested
                ? Cancellation.Translate(Fault.Wrap(failure, ErrorReasons.Canceled, failure.Text), cancellationToken)
                : failure.ToException();
        }
    }

    /// <summary>Is <see cref="CloseAsync"/>, but what was not flushed is logged.</summary>
    /// <returns>A task that is complete when the client has ended.</returns>
    public async ValueTask DisposeAsync()
    {
        using var deadline = new Deadline(options.CloseTimeout, options.TimeProvider);
        if (await supervisor.CloseAsync(deadline.Token).ConfigureAwait(false) is { } failure)
        {
            SupervisorLog.Unreported(logger, failure.ToString());
        }
    }

    /// <summary>Says where the client is connected to and how. Never a token.</summary>
    /// <returns>The text, for logs.</returns>
    public override string ToString() => $"FastPubSubClient {{ {options}, State = {Status.State} }}";
}
