use super::routes::Routes;
use super::{Bindings, Feed, State};
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
    /// Delivers what the leader brings, to those that have not got it.
    fn lead(&mut self, message: Message, handles: &[u64]) {
        let Some(leader) = &mut self.leader else {
            return;
        };
        let brought = leader.brings(handles);
        if self.held.any() {
            self.held.drop(message.id, &brought);
        }
        self.deliver(&brought, message);
    }

    /// Delivers what the follower brings for routes that the leader does not have,
    /// holds back what is for the leader's routes, and drops what has been delivered.
    /// A message may have been delivered to some of its routes only: the leader's
    /// server ends one subscription after the other.
    fn follow(&mut self, message: Message, handles: &[u64]) {
        let Some(follower) = &mut self.follower else {
            return;
        };
        let open = follower.brings(handles).without(self.window.get(message.id));
        let leads = |route: &Route| self.leader.as_ref().is_some_and(|leader| leader.has(route));
        let waiting = open.only(leads);
        let direct = open.without(Some(&waiting));
        if !waiting.is_empty() {
            self.held.add(message.clone(), waiting);
        }
        if !direct.is_empty() {
            self.deliver(&direct, message);
        }
    }

    /// Delivers what was held back, in order.
    pub(super) fn release(&mut self) {
        for held in self.held.take_all() {
            self.deliver(&held.routes, held.message);
        }
    }

    /// Delivers a message to those routes that have not got it, and records it.
    fn deliver(&mut self, routes: &Routes, message: Message) {
        let (id, got) = (message.id, self.window.get(message.id));
        let all = routes.and(got);
        routes.without(got).push(message);
        self.window.put(id, all);
    }
}

impl Bindings {
    /// The routes that handles stand for. Messages in a row mostly have the same, so
    /// the answer is kept.
    fn brings(&mut self, handles: &[u64]) -> Routes {
        if let Some((_, routes)) = self.last.as_ref().filter(|(last, _)| last == handles) {
            return routes.clone();
        }
        let routes: Routes = handles.iter().filter_map(|handle| self.routes.get(handle)).cloned().collect();
        self.last = Some((handles.to_vec(), routes.clone()));
        routes
    }
}
