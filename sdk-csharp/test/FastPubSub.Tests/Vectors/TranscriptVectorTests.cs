using FastPubSub.Core;
using FastPubSub.Wire;
using Google.Protobuf.WellKnownTypes;
using Contract = FastPubSub.V1;

namespace FastPubSub.Tests.Vectors;

/// <summary>The session protocol as bytes: SF-1 to SF-18.</summary>
public class TranscriptVectorTests
{
    private const long NanosecondsPerMillisecond = 1_000_000;

    public static TheoryData<TranscriptVector> Requests =>
        [.. VectorFile.Load<TranscriptVector>("transcripts.json").Where(row => row.Data is { Kind: "request", Canonical: true })];

    public static TheoryData<TranscriptVector> Responses =>
        [.. VectorFile.Load<TranscriptVector>("transcripts.json").Where(row => row.Data is { Kind: "response" })];

    [Theory]
    [MemberData(nameof(Requests), DisableDiscoveryEnumeration = true)]
    public void SDK_1_what_a_client_writes(TranscriptVector vector) =>
        Assert.Equal(Convert.ToHexString(Part.Join(vector.Frame)), Convert.ToHexString(Encoded(vector.Command!)));

    [Theory]
    [MemberData(nameof(Responses), DisableDiscoveryEnumeration = true)]
    public void SDK_1_what_a_client_reads(TranscriptVector vector)
    {
        var valid = new FrameDecoder().TryDecode(Part.Join(vector.Frame), out var batch, out var response);
        Assert.Equal(vector.Valid, valid);
        if (!valid)
        {
            Assert.Equal(ErrorReasons.ConnectionLost, vector.Reason); // as the session ends after such a frame
        }
        else if (vector.Event is { Deliveries: { } deliveries })
        {
            Compare(deliveries, batch!);
        }
        else
        {
            Compare(vector.Event, response);
        }
    }

    private static byte[] Encoded(TranscriptVector.SessionCommand command) => command switch
    {
        { Subscribe: { } c } => Commands.Subscribe(c.RequestId, c.Tenant, c.Pattern),
        { Unsubscribe: { } c } => Commands.Unsubscribe(c.RequestId, c.Tenant, c.Pattern),
        { Authenticate: { } c } => Commands.Authenticate(c.RequestId, c.Token),
        { Ping: { } c } => Commands.Ping(c.RequestId),
        { Publish: { } c } => Encoded(c),
        _ => throw new InvalidOperationException("no command"),
    };

    private static byte[] Encoded(TranscriptVector.PublishCommand command)
    {
        var buffer = new FrameBuffer(16);
        buffer.Append(new byte[Publication.FrameOverhead]);
        foreach (var message in command.Messages)
        {
            var mode = message.DeliveryMode switch
            {
                "broadcast" => DeliveryMode.Broadcast,
                "one-low-latency" => DeliveryMode.OneLowLatency,
                "one-random" => DeliveryMode.OneRandom,
                _ => throw new InvalidOperationException(message.DeliveryMode),
            };
            var publication = new Publication(message.Tenant, message.Channel, Part.Join(message.Payload), mode);
            var before = buffer.Length;
            publication.AppendTo(buffer, message.RequestId);
            Assert.Equal(publication.EncodedSize(message.RequestId), buffer.Length - before);
        }

        return Publication.WithHeader(buffer).ToArray();
    }

    private static void Compare(TranscriptVector.DeliveriesEvent expected, DeliveryBatch batch)
    {
        Assert.Equal(expected.Messages.Length, batch.Count);
        for (var i = 0; i < batch.Count; i++)
        {
            var (wanted, message) = (expected.Messages[i], batch.MessageAt(i));
            Assert.Equal(new MessageId(wanted.IdOrigin, wanted.IdSequence), message.Id);
            Assert.Equal(wanted.PublishedAtUnixNanos, message.PublishedAtUnixNanoseconds);
            Assert.Equal((wanted.Tenant, wanted.Channel), (message.Tenant, message.Channel));
            Assert.Equal(Part.Join(wanted.Payload), message.Payload.ToArray());
            Assert.Equal(wanted.PatternHandles, batch.HandlesAt(i).ToArray());
        }
    }

    private static void Compare(TranscriptVector.SessionEvent? expected, Contract.SessionResponse? response)
    {
        switch (expected)
        {
            case null:
                Assert.Null(response);
                break;
            case { Welcome: { } wanted }:
                Compare(wanted, response!.Welcome);
                break;
            case { Success: { } wanted }:
                var success = response!.Success;
                Assert.Equal(wanted.RequestIds, success.RequestIds);
                Assert.Equal((wanted.PatternHandle, wanted.TokenExpiresAtUnixNanos), (success.PatternHandle, Nanoseconds(success.TokenExpiresAt)));
                break;
            case { Failure: { } wanted }:
                var failure = response!.Failure;
                Assert.Equal(
                    wanted,
                    new(failure.RequestId, Catalogue.TextOf(failure.Reason), failure.Message, failure.Retryable, failure.ClosesSession));
                break;
            case { Lost: { } wanted }:
                Assert.Equal(wanted.Messages, response!.Lost.Messages);
                break;
            case { SubscriptionEnded: { } wanted }:
                var ended = response!.SubscriptionEnded;
                Assert.Equal(wanted, new(ended.PatternHandle, Catalogue.TextOf(ended.Reason), ended.Message, ended.Tenant, ended.Pattern));
                break;
            case { GoAway: { } wanted }:
                var goAway = response!.GoAway;
                Assert.Equal(wanted, new(Catalogue.TextOf(goAway.Reason), goAway.Message, goAway.TimeUntilClose.ToTimeSpan().TotalMilliseconds));
                break;
            default:
                Assert.Fail("the case has an event that this test does not know");
                break;
        }
    }

    private static void Compare(TranscriptVector.WelcomeEvent wanted, Contract.Welcome welcome)
    {
        var read = SessionWelcome.Of(welcome);
        Assert.Equal((wanted.SessionId, wanted.Node, wanted.ServerVersion), (read.SessionId, read.Node, read.ServerVersion));
        var limits = wanted.Limits;
        Assert.Equal(new SessionLimits(limits.MaxTenantBytes, limits.MaxChannelBytes, limits.MaxPayloadBytes, limits.MaxFrameBytes), read.Limits);
        Assert.Equal(wanted.KeepAliveIntervalMs, read.KeepAlive.TotalMilliseconds);
        Assert.Equal(wanted.TokenExpiresAtUnixNanos, Nanoseconds(welcome.TokenExpiresAt));
    }

    private static long Nanoseconds(Timestamp? time) => time is null ? 0 : (time.Seconds * 1000 * NanosecondsPerMillisecond) + time.Nanos;
}
