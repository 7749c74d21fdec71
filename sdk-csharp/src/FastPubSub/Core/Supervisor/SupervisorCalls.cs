using FastPubSub.Wire;

namespace FastPubSub.Core;

internal sealed partial class Supervisor
{
    // How many bytes of a frame are not payload, tenant or channel, at most.
    private const int FrameReserve = 64;

    /// <summary>Checks a message and queues it; see <see cref="Outbox.Publish"/> for the ticket.</summary>
    public Ticket? Publish(Publication message, bool acknowledge) => parts.Outbox.Publish(Checked(message), acknowledge);

    /// <summary>
    /// Waits until the server has handled everything that was called before, and gives the round-trip time.
    /// </summary>
    public async Task<TimeSpan> PingAsync(CancellationToken cancellationToken)
    {
        Cancellation.ThrowIfRequested("the caller had given up already", cancellationToken);
        var failure = await parts.Outbox.Ping().WaitAsync(
            ErrorReasons.Canceled, "the caller gave up before the server had answered the ping", cancellationToken).ConfigureAwait(false);
        return failure is null ? RoundTripTime ?? TimeSpan.Zero : throw Cancellation.Translate(failure, cancellationToken);
    }

    /// <summary>Adds a local subscription and waits until the server has acknowledged its pattern.</summary>
    public async Task<Member> SubscribeAsync(string tenant, string pattern, InboxLimits bounds, CancellationToken cancellationToken)
    {
        var accepted = limits;
        var wireTenant = Names.Tenant(tenant, accepted.Tenant);
        Names.Pattern(pattern, accepted.Channel);
        Cancellation.ThrowIfRequested("the caller had given up already; nothing was subscribed to", cancellationToken);
        var member = parts.Registry.Join(wireTenant, pattern, new Inbox(bounds, settings.Time));
        parts.Outbox.Sync(member.Route, null);
        var failure = await member.Ready.WaitAsync(
            ErrorReasons.Canceled, "the caller gave up before the subscription was acknowledged", cancellationToken).ConfigureAwait(false);
        if (failure is null)
        {
            return member;
        }

        Leave(member);
        throw Cancellation.Translate(failure, cancellationToken);
    }

    /// <summary>
    /// Ends a local subscription at once: what is buffered is gone. The server is told in the background.
    /// </summary>
    public void Leave(Member member)
    {
        member.Inbox.Close();
        if (parts.Registry.Leave(member))
        {
            parts.Outbox.Sync(member.Route, null);
        }
    }

    /// <summary>
    /// Ends a local subscription in order: it waits until the server has acknowledged that nothing more will come. What
    /// has come until then can still be read.
    /// </summary>
    public async Task UnsubscribeAsync(Member member, CancellationToken cancellationToken)
    {
        Fault? failure = null;
        if (parts.Registry.Depart(member))
        {
            var receipt = new Receipt();
            parts.Outbox.Sync(member.Route, receipt);
            failure = await receipt.WaitAsync(
                ErrorReasons.Canceled, "the caller gave up before the end of the subscription was acknowledged", cancellationToken).ConfigureAwait(false);
        }

        parts.Registry.Leave(member);
        member.Inbox.End(null);
        if (failure is not null)
        {
            throw Cancellation.Translate(failure, cancellationToken);
        }
    }

    /// <summary>Refuses what the server would refuse (SDK-16).</summary>
    private Publication Checked(Publication message)
    {
        var accepted = limits;
        var tenant = Names.Tenant(message.Tenant, accepted.Tenant);
        Names.Channel(message.Channel, accepted.Channel);
        var largest = Math.Min(accepted.Payload, accepted.Frame - FrameReserve - tenant.Length - message.Channel.Length);
        if (message.Payload.Length > largest)
        {
            throw Fault.New(
                ErrorReasons.PayloadTooLarge, $"the payload has {message.Payload.Length} bytes; at most {largest} are accepted").ToException();
        }

        return message.Mode is DeliveryMode.Broadcast or DeliveryMode.OneLowLatency or DeliveryMode.OneRandom
            ? message with { Tenant = tenant }
            : throw Fault.New(ErrorReasons.RequestInvalid, $"there is no delivery mode {(int)message.Mode}").ToException();
    }
}
