using System.Diagnostics;
using FastPubSub.Core;
using FastPubSub.Transport;
using Microsoft.Extensions.Logging;

namespace FastPubSub;

/// <summary>Everything that a client can be told. Wrong values are refused by <see cref="FastPubSubClient.ConnectAsync(FastPubSubClientOptions, CancellationToken)"/>.</summary>
[DebuggerDisplay("{ToString(),nq}")]
public sealed record FastPubSubClientOptions
{
    private const int DefaultMessages = 65536;
    private const int DefaultBytes = 8 << 20;

    /// <summary>
    /// The server's address: ws:// or wss:// for WebSocket, grpc:// or grpcs:// for gRPC; the s stands for TLS. Without a
    /// port it means 80, 443, 9090 and 9090.
    /// </summary>
    public required string Url { get; init; }

    /// <summary>Where access tokens come from; <see cref="TokenSource.Fixed"/> for one that stays the same.</summary>
    public required TokenSource TokenSource { get; init; }

    /// <summary>How a connection with TLS is secured.</summary>
    public TlsOptions? Tls { get; init; }

    /// <summary>How to wait between attempts to connect.</summary>
    public ReconnectOptions Reconnect { get; init; } = new();

    /// <summary>
    /// How long connecting may take in all. A server that cannot be reached is tried again and again within it. Default:
    /// 30 s; <see cref="Timeout.InfiniteTimeSpan"/> for as long as the cancellation token allows.
    /// </summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a single attempt to connect may take, from asking for the token to the server's welcome. Default: 15 s.</summary>
    public TimeSpan AttemptTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long closing may wait for what was published. Default: 10 s.</summary>
    public TimeSpan CloseTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How many messages wait to be sent or acknowledged at most. Default: 65536.</summary>
    public int PublishBufferMessages { get; init; } = DefaultMessages;

    /// <summary>How many encoded bytes wait to be sent at most. Default: 8 MiB.</summary>
    public int PublishBufferBytes { get; init; } = DefaultBytes;

    /// <summary>How many messages of one subscription wait to be read before the oldest go. Default: 65536.</summary>
    public int SubscriptionBufferMessages { get; init; } = DefaultMessages;

    /// <summary>How many bytes of payloads of one subscription wait to be read before the oldest go. Default: 8 MiB.</summary>
    public int SubscriptionBufferBytes { get; init; } = DefaultBytes;

    /// <summary>
    /// Told every change of the client's state, in order, one at a time. It may take its time: it holds up nothing.
    /// </summary>
    public Action<ConnectionStatus>? OnStateChanged { get; init; }

    /// <summary>
    /// Told what no call throws: refused publishes without acknowledgement, and tokens that could not be renewed. In
    /// order, one at a time; it holds up nothing. Default: they are logged.
    /// </summary>
    public Action<FastPubSubException>? OnError { get; init; }

    /// <summary>Where the client logs. Default: nowhere.</summary>
    public ILoggerFactory? LoggerFactory { get; init; }

    /// <summary>The clock, for tests. Default: the system's.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Never shows a token.</summary>
    /// <returns>The text, for logs.</returns>
    public override string ToString() => $"FastPubSubClientOptions {{ Url = {UrlForPeople()}, TokenSource = {Secret.Redacted} }}";

    /// <summary>Checks everything; the failure names every wrong option.</summary>
    /// <returns>The address.</returns>
    internal Endpoint Validate()
    {
        List<string> problems = [];
        CheckPresent(problems, Url, nameof(Url));
        CheckPresent(problems, TokenSource, nameof(TokenSource));
        CheckPresent(problems, TimeProvider, nameof(TimeProvider));
        CheckPositive(problems, AttemptTimeout > TimeSpan.Zero, nameof(AttemptTimeout), AttemptTimeout);
        CheckPositive(problems, CloseTimeout > TimeSpan.Zero, nameof(CloseTimeout), CloseTimeout);
        CheckPositive(problems, ConnectTimeout > TimeSpan.Zero || ConnectTimeout == Timeout.InfiniteTimeSpan, nameof(ConnectTimeout), ConnectTimeout);
        CheckPositive(problems, PublishBufferMessages > 0, nameof(PublishBufferMessages), PublishBufferMessages);
        CheckPositive(problems, PublishBufferBytes > 0, nameof(PublishBufferBytes), PublishBufferBytes);
        CheckPositive(problems, SubscriptionBufferMessages > 0, nameof(SubscriptionBufferMessages), SubscriptionBufferMessages);
        CheckPositive(problems, SubscriptionBufferBytes > 0, nameof(SubscriptionBufferBytes), SubscriptionBufferBytes);
        if (Reconnect is null || Reconnect.Shortest <= TimeSpan.Zero || Reconnect.Longest < Reconnect.Shortest)
        {
            problems.Add($"{nameof(Reconnect)}: {Reconnect?.Shortest} and {Reconnect?.Longest} are not a range of positive times");
        }

        if (Tls?.Problem() is { } problem)
        {
            problems.Add(problem);
        }

        if (problems.Count > 0)
        {
            throw Fault.New(ErrorReasons.RequestInvalid, string.Join("; ", problems)).ToException();
        }

        var endpoint = Endpoint.ForClient(Url);
        TlsOptions.CheckUse(Tls, endpoint, "wss:// or grpcs://");
        return endpoint;
    }

    private static void CheckPresent(List<string> problems, object? value, string name)
    {
        if (value is null)
        {
            problems.Add($"{name} is null");
        }
    }

    private static void CheckPositive(List<string> problems, bool isPositive, string name, object value)
    {
        if (!isPositive)
        {
            problems.Add($"{name}: {value} is not positive");
        }
    }

    // An address may have a secret in it that does not belong there.
    private string UrlForPeople() =>
        Uri.TryCreate(Url, UriKind.Absolute, out var uri) ? $"{uri.Scheme}://{uri.Host}:{uri.Port}" : "(cannot be read)";
}
