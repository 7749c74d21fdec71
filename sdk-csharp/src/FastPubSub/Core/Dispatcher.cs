namespace FastPubSub.Core;

/// <summary>
/// Brings the deliveries of the client's connections to its subscriptions: in order, and each message once, also while
/// the client moves from one connection to another (SDK-9).
/// <para>
/// Each connection has a feed. Normally there is one, the leader, whose deliveries go straight through. While the
/// client moves there is a follower, too. Both connections deliver the same messages, but at different speeds, so to
/// take whatever comes first would put an old message behind a newer one. Therefore a subscription listens to the
/// leader as long as it has one: what the follower brings for it is held back, and is dropped when the leader brings
/// the same message. When the leader has finished, what is still held back is released, in order, and the follower
/// leads. A window of ids drops what the new leader brings although the former one has brought it already.
/// </para>
/// All methods may be called concurrently; the deliveries of one feed come from one task.
/// </summary>
internal sealed partial class Dispatcher(TimeProvider time)
{
    // For how long after a change of leaders the new one's messages are compared with the former one's: longer than
    // any message can be under way.
    private static readonly TimeSpan WindowTime = TimeSpan.FromSeconds(30);

    private readonly object gate = new();
    private readonly DuplicateWindow<Route[]> window = new(); // of each message, who has got it; the arrays never change
    private readonly HeldMessages held = new();
    private Feed? leader;
    private Feed? follower;
    private long? until; // when the window is disarmed; null: not yet known
    private TaskCompletionSource? changed; // completed when a feed has finished, or there is room again

    /// <summary>
    /// Starts the feed of a new connection: it leads, or follows a leader that has not finished. There are at most two
    /// feeds at a time.
    /// </summary>
    public Feed Open()
    {
        lock (gate)
        {
            var feed = new Feed(this);
            if (leader is null)
            {
                leader = feed;
                CloseWindowLater();
                return feed;
            }

            follower = feed;
            window.Arm();
            return feed;
        }
    }

    private static void Deliver(Route route, Message message)
    {
        foreach (var inbox in route.Inboxes)
        {
            inbox.Push(message);
        }
    }

    private void Finish(Feed feed)
    {
        if (feed == leader)
        {
            (leader, follower) = (follower, null);
            window.Arm();
            until = null;
            Release();
            if (leader is not null)
            {
                CloseWindowLater();
            }
        }
        else if (feed == follower)
        {
            follower = null;
        }

        TellChanged();
    }

    /// <summary>Delivers what was held back, in order.</summary>
    private void Release()
    {
        foreach (var (message, routes, _) in held.TakeAll())
        {
            window.TryGet(message.Id, out var got);
            foreach (var route in routes)
            {
                if (!Has(got, route))
                {
                    Deliver(route, message);
                }
            }

            window.Put(message.Id, Union(got, [.. routes]));
        }
    }

    private void CloseWindowLater() =>
        until = time.GetTimestamp() + (long)(WindowTime.TotalSeconds * time.TimestampFrequency);

    /// <summary>Disarms the window when its time has come.</summary>
    private void CloseWindow()
    {
        if (window.IsArmed && follower is null && until is { } end && time.GetTimestamp() > end)
        {
            window.Disarm();
        }
    }

    private void TellChanged()
    {
        changed?.TrySetResult();
        changed = null;
    }
}
