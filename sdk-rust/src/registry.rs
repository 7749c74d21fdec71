//! What the application wants to receive, and what each connection has been told of
//! it. The application joins and leaves patterns; a connection compares, at the
//! moment when it can send, what is wanted with what it has sent
//! ([`Ledger::sync`]). So however calls and connections interleave, the newest wish
//! wins, and after a reconnect everything is simply missing.

mod ledger;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::sync::Arc;

use parking_lot::{Mutex, RwLock};

pub(crate) use ledger::{Action, Ledger, Telling};

use crate::fault::Fault;
use crate::inbox::{End, Inbox};
use crate::message::Message;
use crate::receipt::Receipt;

/// Names a route for as long as the client lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct RouteId(u64);

/// One (tenant, pattern) pair on the wire, shared by every local subscription to
/// it. Its identity is stable while it is wanted or some connection has been told of
/// it.
pub(crate) struct Route {
    pub(crate) id: RouteId,
    pub(crate) tenant: Arc<str>,
    pub(crate) pattern: Arc<str>,
    inboxes: RwLock<Vec<Arc<Inbox>>>,
}

impl Route {
    /// Brings a message to every local subscription.
    pub(crate) fn push(&self, message: Message) {
        let inboxes = self.inboxes.read();
        if let Some((last, others)) = inboxes.split_last() {
            for inbox in others {
                inbox.push(message.clone());
            }
            last.push(message);
        }
    }

    /// Tells every local subscription that the server dropped messages.
    pub(crate) fn push_lost(&self, missed: u64) {
        for inbox in self.inboxes.read().iter() {
            inbox.push_lost(missed);
        }
    }
}

/// One local subscription.
pub(crate) struct Member {
    id: u64,
    route: Arc<Route>,
    inbox: Arc<Inbox>,
    ready: Receipt,
}

impl Member {
    /// Completes when a connection has acknowledged the pattern.
    pub(crate) fn ready(&self) -> &Receipt {
        &self.ready
    }

    pub(crate) fn route(&self) -> &Arc<Route> {
        &self.route
    }

    fn end(&self, end: &End) {
        match end {
            End::Closed => self.inbox.close(),
            End::Cause(_) => self.inbox.end(end.clone()),
        }
    }
}

/// The patterns of one client.
#[derive(Default)]
pub(crate) struct Registry {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    routes: HashMap<RouteId, Entry>,
    ids: HashMap<(Arc<str>, Arc<str>), RouteId>,
    last_id: u64,
    ended: Option<Fault>,
}

struct Entry {
    route: Arc<Route>,
    members: Vec<Arc<Member>>,
    /// They get deliveries, but do not count as a wish.
    leaving: Vec<Arc<Member>>,
    /// How many connections have been sent a subscribe.
    told: usize,
    /// How many connections have acknowledged it.
    live: usize,
}

impl Registry {
    /// Adds a local subscription. It fails when the registry has ended. The caller
    /// then asks for a sync of the member's route.
    pub(crate) fn join(&self, tenant: &str, pattern: &str, inbox: Arc<Inbox>) -> Result<Arc<Member>, Fault> {
        let mut state = self.state.lock();
        if let Some(ended) = &state.ended {
            return Err(ended.clone());
        }
        let id = state.next_id();
        let entry = state.entry(tenant, pattern);
        let member = Arc::new(Member { id, route: entry.route.clone(), inbox, ready: Receipt::new() });
        entry.members.push(member.clone());
        entry.publish_inboxes();
        if entry.live > 0 {
            member.ready.complete(Ok(()));
        }
        Ok(member)
    }

    /// Removes a local subscription; again changes nothing. It says whether it was
    /// the last one of its route: the caller then asks for a sync.
    pub(crate) fn leave(&self, member: &Member) -> bool {
        let mut state = self.state.lock();
        let Some(entry) = state.routes.get_mut(&member.route.id) else {
            return false;
        };
        let wanted = !entry.members.is_empty();
        entry.remove(member);
        entry.publish_inboxes();
        let last = wanted && entry.members.is_empty();
        state.forget(member.route.id);
        last
    }

    /// Like [`Registry::leave`], but the local subscription goes on to get
    /// deliveries until that removes it. It is false, too, when there is no
    /// connection that would have to be told.
    pub(crate) fn depart(&self, member: &Arc<Member>) -> bool {
        let mut state = self.state.lock();
        let Some(entry) = state.routes.get_mut(&member.route.id) else {
            return false;
        };
        if !entry.members.iter().any(|other| other.id == member.id) {
            return false;
        }
        entry.remove(member);
        entry.leaving.push(member.clone());
        entry.publish_inboxes();
        entry.members.is_empty() && entry.told > 0
    }

    /// Ends every local subscription, now and in the future: with the cause, or
    /// quietly when the application itself has closed the client.
    pub(crate) fn end(&self, cause: &Fault, quietly: bool) {
        let mut state = self.state.lock();
        if state.ended.is_some() {
            return;
        }
        state.ended = Some(cause.clone());
        let routes: Vec<RouteId> = state.routes.keys().copied().collect();
        for id in routes {
            state.end_route(id, cause, quietly);
            state.forget(id);
        }
    }
}

impl State {
    fn next_id(&mut self) -> u64 {
        self.last_id += 1;
        self.last_id
    }

    fn entry(&mut self, tenant: &str, pattern: &str) -> &mut Entry {
        let key = (Arc::from(tenant), Arc::from(pattern));
        let id = if let Some(id) = self.ids.get(&key) {
            *id
        } else {
            let id = RouteId(self.next_id());
            self.ids.insert(key.clone(), id);
            id
        };
        self.routes.entry(id).or_insert_with(|| Entry {
            route: Arc::new(Route { id, tenant: key.0, pattern: key.1, inboxes: RwLock::default() }),
            members: Vec::new(),
            leaving: Vec::new(),
            told: 0,
            live: 0,
        })
    }

    fn end_route(&mut self, id: RouteId, cause: &Fault, quietly: bool) {
        let Some(entry) = self.routes.get_mut(&id) else {
            return;
        };
        let end = if quietly { End::Closed } else { End::Cause(cause.clone()) };
        for member in entry.members.drain(..).chain(entry.leaving.drain(..)) {
            member.ready.complete(Err(cause.clone()));
            member.end(&end);
        }
        entry.publish_inboxes();
    }

    /// Drops a route that is neither wanted nor known to a connection.
    fn forget(&mut self, id: RouteId) {
        let Some(entry) = self.routes.get(&id) else {
            return;
        };
        if entry.members.is_empty() && entry.leaving.is_empty() && entry.told == 0 {
            let key = (entry.route.tenant.clone(), entry.route.pattern.clone());
            self.routes.remove(&id);
            self.ids.remove(&key);
        }
    }
}

impl Entry {
    fn remove(&mut self, member: &Member) {
        self.members.retain(|other| other.id != member.id);
        self.leaving.retain(|other| other.id != member.id);
    }

    /// Lets deliveries go to the members there are now.
    fn publish_inboxes(&self) {
        let members = self.members.iter().chain(&self.leaving);
        *self.route.inboxes.write() = members.map(|member| member.inbox.clone()).collect();
    }
}
