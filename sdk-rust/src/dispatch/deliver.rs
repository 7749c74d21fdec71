use std::sync::Arc;

use super::{Feed, State};
use crate::message::Message;
use crate::registry::Route;
use crate::wire::Batch;

impl Feed {
    /// Brings the deliveries of one frame to the subscriptions, and empties the
    /// batch. It never waits for the application. A follower that has brought very
    /// much more than the leader waits until the leader has caught up or finished.
    pub(crate) async fn deliver(&self, batch: &mut Batch) {
        let mut deliveries = batch.drain();
        let mut pending = deliveries.next();
        loop {
            let changed = self.dispatcher.changed.notified();
            {
                let mut state = self.dispatcher.state.lock();
                state.close_window();
                let was_full = state.held.is_full();
                while let Some((message, handles)) = pending.take() {
                    if state.is_leader(self.number) {
                        state.lead(message, handles);
                    } else if state.is_follower(self.number) {
                        if state.held.is_full() {
                            pending = Some((message, handles));
                            break;
                        }
                        state.follow(message, handles);
                    }
                    pending = deliveries.next();
                }
                if was_full && !state.held.is_full() {
                    self.dispatcher.changed.notify_waiters();
                }
            }
            if pending.is_none() {
                return;
            }
            changed.await;
        }
    }
}

impl State {
    /// Delivers what the leader brings, unless the former leader brought it.
    fn lead(&mut self, message: Message, handles: &[u64]) {
        let id = message.id;
        let again = self.window.contains(id);
        if let Some(leader) = &self.leader {
            let routes = handles
                .iter()
                .filter_map(|handle| leader.routes.get(handle))
                .filter(|route| !(again && self.former.contains(&route.id)));
            push_to_all(routes, message);
        }
        self.window.add(id);
        if self.held.any() {
            self.held.drop(id);
        }
    }

    /// Delivers what the follower brings for routes that the leader does not have,
    /// holds back what is for the leader's routes, and drops what the leader has
    /// brought.
    fn follow(&mut self, message: Message, handles: &[u64]) {
        let again = self.window.contains(message.id);
        let Some(follower) = &self.follower else {
            return;
        };
        let routes = handles.iter().filter_map(|handle| follower.routes.get(handle));
        let leads = |route: &Route| self.leader.as_ref().is_some_and(|leader| leader.has(route));
        let (waiting, own): (Vec<_>, Vec<_>) = routes.cloned().partition(|route| leads(route));
        if !waiting.is_empty() && !again {
            self.held.add(message.clone(), waiting);
        }
        push_to_all(own.iter(), message);
    }

    /// Delivers what was held back, in order.
    pub(super) fn release(&mut self) {
        for held in self.held.take_all() {
            let id = held.message.id;
            push_to_all(held.routes.iter(), held.message);
            self.window.add(id);
        }
    }
}

/// Brings a message to routes; the last one gets it without a copy.
fn push_to_all<'a>(mut routes: impl Iterator<Item = &'a Arc<Route>>, message: Message) {
    let Some(mut route) = routes.next() else {
        return;
    };
    for next in routes {
        route.push(message.clone());
        route = next;
    }
    route.push(message);
}
