namespace FastPubSub.Core;

/// <summary>
/// What the application wants to receive, and what each connection has been told of it. The application joins and
/// leaves patterns; a connection compares, at the moment when it can send, what is wanted with what it has sent
/// (<see cref="Ledger.Sync"/>). So however calls and connections interleave, the newest wish wins, and after a
/// reconnect everything is simply missing. All methods may be called concurrently.
/// </summary>
internal sealed class Registry
{
    private readonly Dictionary<(string Tenant, string Pattern), Route> routes = [];
    private Fault? ended;

    /// <summary>Guards the routes, their members and the ledgers.</summary>
    public object Gate { get; } = new();

    /// <summary>Every route that is wanted or known to a connection. The caller holds the gate.</summary>
    public IEnumerable<Route> Routes => routes.Values;

    /// <summary>Starts the ledger of a new connection, which has been told nothing.</summary>
    public Ledger Open() => new(this);

    /// <summary>Adds a local subscription. The caller then asks for a sync of the member's route.</summary>
    /// <exception cref="FastPubSubException">The client has ended.</exception>
    public Member Join(string tenant, string pattern, Inbox inbox)
    {
        lock (Gate)
        {
            if (ended is not null)
            {
                throw ended.ToException();
            }

            if (!routes.TryGetValue((tenant, pattern), out var route))
            {
                routes[(tenant, pattern)] = route = new Route(tenant, pattern);
            }

            var member = new Member(route, inbox);
            route.Members.Add(member);
            route.UpdateInboxes();
            if (route.Live > 0)
            {
                member.Ready.Complete(null);
            }

            return member;
        }
    }

    /// <summary>
    /// Removes a local subscription; again changes nothing. It says whether it was the last one of its route: the
    /// caller then asks for a sync.
    /// </summary>
    public bool Leave(Member member)
    {
        lock (Gate)
        {
            var route = member.Route;
            var wanted = route.IsWanted;
            route.Leaving.Remove(member);
            route.Members.Remove(member);
            route.UpdateInboxes();
            Forget(route);
            return wanted && !route.IsWanted;
        }
    }

    /// <summary>
    /// Is <see cref="Leave"/>, but the local subscription goes on to get deliveries until Leave removes it. It is
    /// false, too, when there is no connection that would have to be told.
    /// </summary>
    public bool Depart(Member member)
    {
        lock (Gate)
        {
            var route = member.Route;
            if (!route.Members.Remove(member))
            {
                return false;
            }

            route.Leaving.Add(member);
            route.UpdateInboxes();
            return !route.IsWanted && route.Told > 0;
        }
    }

    /// <summary>
    /// Ends every local subscription, now and in the future: with the cause, or quietly when the application itself
    /// has closed the client.
    /// </summary>
    public void End(Fault cause, bool quietly)
    {
        lock (Gate)
        {
            if (ended is null)
            {
                ended = cause;
                foreach (var route in routes.Values.ToArray())
                {
                    route.End(cause, quietly);
                    Forget(route);
                }
            }
        }
    }

    /// <summary>Drops a route that is neither wanted nor known to a connection. The caller holds the gate.</summary>
    public void Forget(Route route)
    {
        var key = (route.Tenant, route.Pattern);
        if (!route.IsWanted && route.Leaving.Count == 0 && route.Told == 0 && routes.GetValueOrDefault(key) == route)
        {
            routes.Remove(key);
        }
    }
}
