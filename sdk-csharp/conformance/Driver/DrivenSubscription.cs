using FastPubSub.Conformance.V1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Contract = FastPubSub.V1;

namespace FastPubSub.Conformance;

/// <summary>One subscription of the SDK, which takes messages unless it is paused.</summary>
internal sealed class DrivenSubscription(ulong id, Subscription subscription, FrameWriter output)
{
    private const long NanosecondsPerSecond = 1_000_000_000;

    private readonly object gate = new();
    private TaskCompletionSource? paused; // completed when it goes on; null: not paused

    public void Pause(bool wanted)
    {
        lock (gate)
        {
            if (wanted)
            {
                paused ??= new(TaskCreationOptions.RunContinuationsAsynchronously);
            }
            else
            {
                paused?.SetResult();
                paused = null;
            }
        }
    }

    /// <summary>Ends the subscription in order.</summary>
    public async Task<Result> UnsubscribeAsync(CancellationToken cancellationToken)
    {
        try
        {
            await subscription.UnsubscribeAsync(cancellationToken);
            return Outcome.Success;
        }
        catch (Exception exception)
        {
            return Outcome.Of(exception);
        }
    }

    /// <summary>Reports what the subscription yields, until it ends or the driver does.</summary>
    public async Task ConsumeAsync(CancellationToken cancellationToken)
    {
        await Task.Yield(); // the result of subscribing comes first
        var ended = new SubscriptionEnded { Subscription = id };
        try
        {
            await using var events = subscription.GetAsyncEnumerator(cancellationToken);
            do
            {
                await GoesOnAsync(cancellationToken);
            }
            while (await ReportNextAsync(events));
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return;
        }
        catch (Exception exception)
        {
            ended.Error = Outcome.Reported(exception);
        }

        output.Write(new Event { SubscriptionEnded = ended });
    }

    private async Task<bool> ReportNextAsync(IAsyncEnumerator<SubscriptionEvent> events)
    {
        if (!await events.MoveNextAsync())
        {
            return false;
        }

        switch (events.Current)
        {
            case Message message:
                output.Write(new Event { Message = Received(message) });
                break;
            case FastPubSub.Lagged lagged:
                output.Write(new Event { Lagged = new V1.Lagged { Subscription = id, Messages = lagged.Missed } });
                break;
        }

        return true;
    }

    private MessageReceived Received(Message message) => new()
    {
        Subscription = id,
        Tenant = message.Tenant,
        Channel = message.Channel,
        Payload = ByteString.CopyFrom(message.Payload.Span),
        MessageId = new Contract.MessageId { Origin = message.Id.Origin, Sequence = message.Id.Sequence },
        PublishedAt = TimeOf(message.PublishedAtUnixNanoseconds),
    };

    private static Timestamp TimeOf(long unixNanoseconds)
    {
        var (seconds, nanoseconds) = Math.DivRem(unixNanoseconds, NanosecondsPerSecond);
        return new Timestamp { Seconds = seconds, Nanos = (int)nanoseconds };
    }

    private async Task GoesOnAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Task? pause;
            lock (gate)
            {
                pause = paused?.Task;
            }

            if (pause is null)
            {
                return;
            }

            await pause.WaitAsync(cancellationToken);
        }
    }
}
