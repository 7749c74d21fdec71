using System.Threading.Channels;
using FastPubSub.Core;
using FastPubSub.Transport;
using FastPubSub.V1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace FastPubSub.Tests.Fakes;

/// <summary>The server's side of one connection, in the hands of the test. It answers pings by itself.</summary>
internal sealed class FakePeer : IConnection
{
    private readonly TaskCompletionSource<IConnection> accepted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Channel<SessionRequest> requests = Channel.CreateUnbounded<SessionRequest>();
    private readonly Channel<byte[]> responses = Channel.CreateUnbounded<byte[]>();
    private readonly TaskCompletionSource listened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource aborted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile TaskCompletionSource? blocked;
    private readonly TaskCompletionSource never = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile Fault? sendFault;

    public Task<IConnection> Accepted => accepted.Task;

    /// <summary>Complete when the client waits for the first frame.</summary>
    public Task Listened => listened.Task;

    /// <summary>Complete when the client has cut the connection.</summary>
    public Task Aborted => aborted.Task;

    /// <summary>Complete when the client has said that it has finished.</summary>
    public Task Closed => closed.Task;

    public bool AnswersPings { get; set; } = true;

    /// <summary>Whether the transport's calls go on although the client has cut the connection.</summary>
    public bool IgnoresAbort { get; set; }

    /// <summary>Ends an abort that hangs, which is what <see cref="HangsInAbort"/> makes it do.</summary>
    public ManualResetEventSlim Release { get; } = new();

    public bool HangsInAbort { get; set; }

    public Exception? AbortFailure { get; set; }

    /// <summary>How many frames the client has sent.</summary>
    public int Frames { get; private set; }

    public void Accept() => accepted.SetResult(this);

    public void Refuse(string reason, string text = "refused by the test") =>
        accepted.SetException(Fault.New(reason, text).ToException());

    public void Refuse(Fault fault) => accepted.SetException(fault.ToException());

    public void Welcome(TimeSpan? keepAlive = null, DateTimeOffset? expiry = null, Limits? limits = null) => Send(new SessionResponse
    {
        Welcome = new()
        {
            SessionId = "s",
            Node = "n",
            ServerVersion = "test",
            Limits = limits,
            KeepAliveInterval = (keepAlive ?? TimeSpan.FromSeconds(20)).ToDuration(),
            TokenExpiresAt = expiry is { } time ? Timestamp.FromDateTimeOffset(time) : null,
        },
    });

    public void Send(SessionResponse response) => responses.Writer.TryWrite(response.ToByteArray());

    public void SendRaw(byte[] frame) => responses.Writer.TryWrite(frame);

    public void Succeed(ulong requestId, ulong handle = 0, DateTimeOffset? expiry = null) => Send(new SessionResponse
    {
        Success = new()
        {
            RequestIds = { requestId },
            PatternHandle = handle,
            TokenExpiresAt = expiry is { } time ? Timestamp.FromDateTimeOffset(time) : null,
        },
    });

    public void Fail(ulong requestId, ErrorReason reason, bool closes = false) => Send(new SessionResponse
    {
        Failure = new() { RequestId = requestId, Reason = reason, Message = "failed by the test", ClosesSession = closes },
    });

    public void Deliver(ulong sequence, params ulong[] handles) => Send(new SessionResponse
    {
        Deliveries = new()
        {
            Messages =
            {
                new Delivery
                {
                    IdOrigin = 7,
                    IdSequence = sequence,
                    Tenant = "t",
                    Channel = "a.b",
                    Payload = ByteString.CopyFromUtf8(sequence.ToString(System.Globalization.CultureInfo.InvariantCulture)),
                    PatternHandles = { handles },
                },
            },
        },
    });

    public void GoAway(TimeSpan untilClose) => Send(new SessionResponse
    {
        GoAway = new() { Reason = ErrorReason.Draining, Message = "moving", TimeUntilClose = untilClose.ToDuration() },
    });

    /// <summary>Breaks the connection.</summary>
    public void Cut(string reason = ErrorReasons.ConnectionLost) =>
        responses.Writer.TryComplete(Fault.New(reason, "cut by the test").ToException());

    /// <summary>Makes sending block until <see cref="Unblock"/>.</summary>
    public void Block() => blocked = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Unblock()
    {
        var held = blocked;
        blocked = null;
        held?.SetResult();
    }

    public void BreakSending() => sendFault = Fault.New(ErrorReasons.ConnectionLost, "sending was broken by the test");

    /// <summary>The next request that is no ping, unless pings are not answered.</summary>
    public Task<SessionRequest> RequestAsync() => requests.Reader.ReadAsync().Soon();

    public bool HasRequest => requests.Reader.TryPeek(out _);

    /// <summary>Takes a subscribe and acknowledges it.</summary>
    public async Task<SubscribeCommand> SubscribedAsync(ulong handle)
    {
        var command = (await RequestAsync()).Subscribe;
        Assert.NotNull(command);
        Succeed(command.RequestId, handle);
        return command;
    }

    /// <summary>Takes a frame of publishes and acknowledges them.</summary>
    public async Task<IReadOnlyList<OutgoingMessage>> PublishedAsync()
    {
        var command = (await RequestAsync()).Publish;
        Assert.NotNull(command);
        foreach (var message in command.Messages.Where(message => message.RequestId != 0))
        {
            Succeed(message.RequestId);
        }

        return command.Messages;
    }

    async ValueTask IConnection.SendAsync(ReadOnlyMemory<byte> frame)
    {
        var request = SessionRequest.Parser.ParseFrom(frame.Span);
        if (blocked is { } held)
        {
            await held.Task;
        }

        if (sendFault is { } fault)
        {
            throw fault.ToException();
        }

        Frames++;
        if (AnswersPings && request.Ping is { } ping)
        {
            Succeed(ping.RequestId);
            return;
        }

        requests.Writer.TryWrite(request);
    }

    async ValueTask<ReadOnlyMemory<byte>> IConnection.ReceiveAsync()
    {
        listened.TrySetResult();
        try
        {
            return await responses.Reader.ReadAsync();
        }
        catch (ChannelClosedException exception)
        {
            throw exception.InnerException ?? Fault.New(ErrorReasons.ConnectionLost, "aborted").ToException();
        }
    }

    ValueTask IConnection.CloseAsync()
    {
        closed.TrySetResult();
        if (IgnoresAbort)
        {
            return new ValueTask(never.Task);
        }

        responses.Writer.TryComplete();
        return default;
    }

    void IConnection.Abort()
    {
        aborted.TrySetResult();
        if (HangsInAbort)
        {
            Release.Wait();
        }

        if (AbortFailure is { } failure)
        {
            throw failure;
        }

        if (!IgnoresAbort)
        {
            responses.Writer.TryComplete();
        }
    }
}
