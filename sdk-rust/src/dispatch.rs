//! Brings the deliveries of the client's connections to its subscriptions: in
//! order, and each message once, also while the client moves from one connection to
//! another (SDK-9).
//!
//! Each connection has a [`Feed`]. Normally there is one, the leader, whose
//! deliveries go straight through. While the client moves there is a follower, too.
//! Both connections deliver the same messages, but at different speeds, so to take
//! whatever comes first would put an old message behind a newer one. Therefore a
//! subscription listens to the leader as long as it has one: what the follower
//! brings for it is held back, and is dropped when the leader brings it the same
//! message. When the leader has finished, what is still held back is released, in
//! order, and the follower leads. A window of ids drops what the new leader brings
//! although the former one has brought it already.

mod deliver;
mod held;
mod routes;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use parking_lot::Mutex;
use tokio::sync::Notify;
use tokio::time::Instant;

use crate::dedup::Window;
use crate::registry::{Route, RouteId};
use held::Held;
use routes::Routes;

/// For how long after a change of leaders the new one's messages are compared with
/// the former one's: longer than any message can be under way.
const WINDOW_TIME: Duration = Duration::from_secs(30);

/// One client's.
#[derive(Default)]
pub(crate) struct Dispatcher {
    state: Mutex<State>,
    /// A feed has finished, or there is room again for what is held back.
    changed: Notify,
    last_feed: AtomicU64,
}

#[derive(Default)]
struct State {
    leader: Option<Bindings>,
    follower: Option<Bindings>,
    /// Of each message, who has got it.
    window: Window<Routes>,
    /// When the window is disarmed; none: not yet known.
    until: Option<Instant>,
    held: Held,
}

/// Which routes one feed has.
struct Bindings {
    feed: u64,
    routes: HashMap<u64, Arc<Route>>,
    handles: HashMap<RouteId, u64>,
    /// The handles of the last delivery, and what they stand for.
    last: Option<(Vec<u64>, Routes)>,
}

impl Bindings {
    fn has(&self, route: &Route) -> bool {
        self.handles.contains_key(&route.id)
    }
}

/// The deliveries of one connection. They come from one task.
pub(crate) struct Feed {
    dispatcher: Arc<Dispatcher>,
    number: u64,
}

impl Dispatcher {
    /// Starts the feed of a new connection: it leads, or follows a leader that has
    /// not finished. There are at most two feeds at a time.
    pub(crate) fn open(self: &Arc<Self>) -> Feed {
        let number = self.last_feed.fetch_add(1, Ordering::Relaxed);
        let bindings = Bindings { feed: number, routes: HashMap::new(), handles: HashMap::new(), last: None };
        let mut state = self.state.lock();
        if state.leader.is_none() {
            state.leader = Some(bindings);
            state.close_window_later();
        } else {
            state.follower = Some(bindings);
            state.window.arm();
        }
        Feed { dispatcher: self.clone(), number }
    }
}

impl Feed {
    /// Says that the server gives a handle to a route.
    pub(crate) fn bind(&self, handle: u64, route: Arc<Route>) {
        if let Some(bindings) = self.dispatcher.state.lock().bindings(self.number) {
            bindings.handles.insert(route.id, handle);
            bindings.routes.insert(handle, route);
            bindings.last = None;
        }
    }

    /// Says that the connection is not subscribed to a route any more.
    pub(crate) fn unbind(&self, route: &Route) {
        let mut state = self.dispatcher.state.lock();
        let Some(bindings) = state.bindings(self.number) else {
            return;
        };
        if let Some(handle) = bindings.handles.remove(&route.id) {
            bindings.routes.remove(&handle);
            bindings.last = None;
        }
    }

    /// The route that a handle stands for.
    pub(crate) fn route(&self, handle: u64) -> Option<Arc<Route>> {
        let mut state = self.dispatcher.state.lock();
        state.bindings(self.number)?.routes.get(&handle).cloned()
    }

    /// Says that the server dropped messages of this connection.
    pub(crate) fn lost(&self, missed: u64) {
        if let Some(bindings) = self.dispatcher.state.lock().bindings(self.number) {
            for route in bindings.routes.values() {
                route.push_lost(missed);
            }
        }
    }

    /// Says that nothing comes from this feed any more; again changes nothing. When
    /// the leader finishes, what was held back is released and the follower leads.
    pub(crate) fn finish(&self) {
        let mut state = self.dispatcher.state.lock();
        if state.is_leader(self.number) {
            state.leader = state.follower.take();
            state.window.arm();
            state.until = None;
            state.release();
            if state.leader.is_some() {
                state.close_window_later();
            }
        } else if state.is_follower(self.number) {
            state.follower = None;
        }
        drop(state);
        self.dispatcher.changed.notify_waiters();
    }
}

impl State {
    fn is_leader(&self, feed: u64) -> bool {
        self.leader.as_ref().is_some_and(|leader| leader.feed == feed)
    }

    fn is_follower(&self, feed: u64) -> bool {
        self.follower.as_ref().is_some_and(|follower| follower.feed == feed)
    }

    fn bindings(&mut self, feed: u64) -> Option<&mut Bindings> {
        let feeds = [&mut self.leader, &mut self.follower];
        feeds.into_iter().flatten().find(|bindings| bindings.feed == feed)
    }

    fn close_window_later(&mut self) {
        self.until = Some(Instant::now() + WINDOW_TIME);
    }

    /// Disarms the window when its time has come.
    fn close_window(&mut self) {
        if !self.window.is_armed() || self.follower.is_some() {
            return;
        }
        if self.until.is_some_and(|until| Instant::now() > until) {
            self.window.disarm();
        }
    }
}
