namespace FastPubSub.Core;

/// <summary>
/// One pair of tenant and pattern on the wire, shared by every local subscription to it. Its identity is stable while
/// it is wanted or some connection has been told of it. All but the inboxes is guarded by the registry.
/// </summary>
internal sealed class Route
{
    private volatile Inbox[] inboxes = []; // replaced as a whole, read without a lock

    public Route(string tenant, string pattern)
    {
        Tenant = tenant;
        Pattern = pattern;
        Alone = [this];
    }

    public string Tenant { get; }

    public string Pattern { get; }

    /// <summary>This route and no other. The array is never changed.</summary>
    public Route[] Alone { get; }

    /// <summary>The buffers of the local subscriptions. The array is never changed.</summary>
    public Inbox[] Inboxes => inboxes;

    /// <summary>The local subscriptions that count as a wish.</summary>
    public List<Member> Members { get; } = [];

    /// <summary>Those that get deliveries, but do not count as a wish.</summary>
    public List<Member> Leaving { get; } = [];

    /// <summary>How many connections have been sent a subscribe.</summary>
    public int Told { get; set; }

    /// <summary>How many connections have acknowledged it.</summary>
    public int Live { get; set; }

    public bool IsWanted => Members.Count > 0;

    /// <summary>To be called after a change of the members.</summary>
    public void UpdateInboxes() => inboxes = [.. Members.Concat(Leaving).Select(member => member.Inbox)];

    /// <summary>Ends the route's local subscriptions: with the cause, or quietly.</summary>
    public void End(Fault cause, bool quietly)
    {
        foreach (var member in Members.Concat(Leaving))
        {
            member.Ready.Complete(cause);
            if (quietly)
            {
                member.Inbox.Close();
            }
            else
            {
                member.Inbox.End(cause);
            }
        }

        Members.Clear();
        Leaving.Clear();
        UpdateInboxes();
    }
}
