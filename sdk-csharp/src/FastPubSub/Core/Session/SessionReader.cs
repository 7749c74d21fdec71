using FastPubSub.Wire;
using Contract = FastPubSub.V1;

namespace FastPubSub.Core;

internal sealed partial class Session
{
    /// <summary>Handles what the server sends until the connection ends. It never waits for the application.</summary>
    private async Task ReadAsync()
    {
        var decoder = new FrameDecoder();
        try
        {
            while (true)
            {
                var frame = await connection.ReceiveAsync().ConfigureAwait(false);
                if (!decoder.TryDecode(frame, out var batch, out var response))
                {
                    End(Fault.New(ErrorReasons.ConnectionLost, "the server sent something that is not a frame of the protocol"));
                    return;
                }

                heard = true;
                if (batch is not null)
                {
                    await feed.DeliverAsync(batch).ConfigureAwait(false);
                }
                else if (response is not null)
                {
                    Handle(response);
                }
            }
        }
        catch (Exception exception) // whatever ends the reading ends the session
        {
            End(Fault.From(exception));
        }
    }

    private void Handle(Contract.SessionResponse response)
    {
        switch (response.EventCase)
        {
            case Contract.SessionResponse.EventOneofCase.Welcome:
                KeepExpiry(response.Welcome.TokenExpiresAt);
                welcomed.TrySetResult(SessionWelcome.Of(response.Welcome));
                break;
            case Contract.SessionResponse.EventOneofCase.Success:
                Succeed(response.Success);
                break;
            case Contract.SessionResponse.EventOneofCase.Failure:
                Fail(response.Failure);
                break;
            case Contract.SessionResponse.EventOneofCase.Lost:
                feed.Lost(response.Lost.Messages);
                break;
            case Contract.SessionResponse.EventOneofCase.SubscriptionEnded:
                SubscriptionEnded(response.SubscriptionEnded);
                break;
            case Contract.SessionResponse.EventOneofCase.GoAway:
                GoAway(response.GoAway);
                break;
        }
    }

    /// <summary>Takes the first go-away; further ones say nothing new.</summary>
    private void GoAway(Contract.GoAway goAway) => departing.TrySetResult(new Departure(
        Catalogue.TextOf(goAway.Reason),
        goAway.Message,
        parts.Time.GetUtcNow() + (goAway.TimeUntilClose?.ToTimeSpan() ?? TimeSpan.Zero)));

    private void SubscriptionEnded(Contract.SubscriptionEnded subscription)
    {
        if (feed.RouteOf(subscription.PatternHandle) is { } route)
        {
            ledger.Ended(route, Fault.New(Catalogue.TextOf(subscription.Reason), subscription.Message));
            feed.Unbind(route);
        }
    }

    private void KeepExpiry(Google.Protobuf.WellKnownTypes.Timestamp? expiry) =>
        Interlocked.Exchange(ref expiryTicks, expiry is null ? 0 : expiry.ToDateTime().Ticks);
}
