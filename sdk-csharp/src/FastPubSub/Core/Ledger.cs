namespace FastPubSub.Core;

/// <summary>
/// What one connection has been told. Being told counts from the moment of sending: the server handles commands in
/// order. All methods may be called concurrently.
/// </summary>
internal sealed class Ledger(Registry registry)
{
    private readonly Dictionary<Route, Telling> told = [];
    private bool closed;

    /// <summary>Says what to send for a route now, and notes it as sent. The telling is set for a subscribe.</summary>
    public SyncAction Sync(Route route, out Telling? telling)
    {
        lock (registry.Gate)
        {
            telling = null;
            if (closed || route.IsWanted == told.ContainsKey(route))
            {
                return SyncAction.Nothing;
            }

            if (route.IsWanted)
            {
                telling = Tell(route);
                return SyncAction.Subscribe;
            }

            Untell(route);
            return SyncAction.Unsubscribe;
        }
    }

    /// <summary>A subscribe for every route that is wanted and that this connection has not been told of, noted as sent.</summary>
    public IReadOnlyList<Telling> Missing()
    {
        lock (registry.Gate)
        {
            return closed
                ? []
                : [.. registry.Routes.Where(route => route.IsWanted && !told.ContainsKey(route)).Select(Tell)];
        }
    }

    /// <summary>Every route that this connection has been told of.</summary>
    public IReadOnlyList<Route> Told()
    {
        lock (registry.Gate)
        {
            return [.. told.Keys];
        }
    }

    /// <summary>
    /// Notes that the server has acknowledged a subscribe: the route's local subscriptions are ready. A telling that an
    /// unsubscribe has followed does not count.
    /// </summary>
    public void Acknowledged(Telling telling)
    {
        lock (registry.Gate)
        {
            if (told.GetValueOrDefault(telling.Route) != telling || telling.IsAcknowledged)
            {
                return;
            }

            telling.IsAcknowledged = true;
            telling.Route.Live++;
            foreach (var member in telling.Route.Members)
            {
                member.Ready.Complete(null);
            }
        }
    }

    /// <summary>Notes that the server refused a subscribe: the route's local subscriptions end with the cause.</summary>
    public void Refused(Telling telling, Fault cause)
    {
        lock (registry.Gate)
        {
            if (told.GetValueOrDefault(telling.Route) == telling)
            {
                End(telling.Route, cause);
            }
        }
    }

    /// <summary>Notes that the server ended a subscription: the route's local subscriptions end with the cause.</summary>
    public void Ended(Route route, Fault cause)
    {
        lock (registry.Gate)
        {
            if (told.ContainsKey(route))
            {
                End(route, cause);
            }
        }
    }

    /// <summary>Says that the connection is gone.</summary>
    public void Close()
    {
        lock (registry.Gate)
        {
            closed = true;
            foreach (var route in told.Keys.ToArray())
            {
                Untell(route);
            }
        }
    }

    private void End(Route route, Fault cause)
    {
        route.End(cause, quietly: false);
        Untell(route);
    }

    private Telling Tell(Route route)
    {
        var telling = new Telling(route);
        told[route] = telling;
        route.Told++;
        return telling;
    }

    private void Untell(Route route)
    {
        if (told.Remove(route, out var telling))
        {
            route.Live -= telling.IsAcknowledged ? 1 : 0;
            route.Told--;
            registry.Forget(route);
        }
    }
}
