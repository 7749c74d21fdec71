using FastPubSub.Wire;

namespace FastPubSub.Core;

internal sealed partial class Dispatcher
{
    /// <summary>The deliveries of one connection.</summary>
    internal sealed class Feed(Dispatcher dispatcher)
    {
        private readonly Dictionary<ulong, Route> routes = []; // by pattern handle
        private readonly Dictionary<Route, ulong> handles = [];
        private ulong[] lastHandles = []; // see Brings
        private Route[]? lastRoutes;
        private bool finished;

        /// <summary>Says that the server gives a handle to a route.</summary>
        public void Bind(ulong handle, Route route)
        {
            lock (dispatcher.gate)
            {
                (routes[handle], handles[route]) = (route, handle);
                lastRoutes = null;
            }
        }

        /// <summary>Says that the connection is not subscribed to a route any more.</summary>
        public void Unbind(Route route)
        {
            lock (dispatcher.gate)
            {
                if (handles.Remove(route, out var handle))
                {
                    routes.Remove(handle);
                    lastRoutes = null;
                }
            }
        }

        /// <summary>The route that a handle stands for, or null.</summary>
        public Route? RouteOf(ulong handle)
        {
            lock (dispatcher.gate)
            {
                return routes.GetValueOrDefault(handle);
            }
        }

        /// <summary>
        /// Says that nothing comes from this feed any more; again changes nothing. When the leader finishes, what was
        /// held back is released and the follower leads.
        /// </summary>
        public void Finish()
        {
            lock (dispatcher.gate)
            {
                if (!finished)
                {
                    finished = true;
                    dispatcher.Finish(this);
                }
            }
        }

        /// <summary>Says that the server dropped messages of this connection.</summary>
        public void Lost(ulong messages)
        {
            lock (dispatcher.gate)
            {
                foreach (var inbox in handles.Keys.SelectMany(route => route.Inboxes))
                {
                    inbox.PushLost(messages);
                }
            }
        }

        /// <summary>
        /// Brings the deliveries of one frame to the subscriptions. It never waits for the application. A follower that
        /// has brought very much more than the leader waits until the leader has caught up or finished.
        /// </summary>
        public ValueTask DeliverAsync(DeliveryBatch batch)
        {
            var done = dispatcher.Deliver(this, batch, 0, out var wait);
            return wait is null ? default : DeliverRestAsync(batch, done, wait);
        }

        /// <summary>
        /// The routes that handles stand for. Messages in a row mostly have the same, so the answer is kept. It never
        /// changes, and nothing is allocated for one handle, or for the same ones again. The caller holds the dispatcher's lock.
        /// </summary>
        internal Route[] Brings(ReadOnlySpan<ulong> those)
        {
            if (those.Length == 1)
            {
                return routes.TryGetValue(those[0], out var only) ? only.Alone : [];
            }

            if (lastRoutes is not null && those.SequenceEqual(lastHandles))
            {
                return lastRoutes;
            }

            var found = new List<Route>(those.Length);
            foreach (var handle in those)
            {
                if (routes.TryGetValue(handle, out var route))
                {
                    found.Add(route);
                }
            }

            lastHandles = those.ToArray();
            return lastRoutes = [.. found];
        }

        internal bool Has(Route route) => handles.ContainsKey(route);

        private async ValueTask DeliverRestAsync(DeliveryBatch batch, int done, Task? wait)
        {
            while (wait is not null)
            {
                await wait.ConfigureAwait(false);
                done = dispatcher.Deliver(this, batch, done, out wait);
            }
        }
    }
}
