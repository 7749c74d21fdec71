use std::collections::HashMap;
use std::sync::Arc;

use parking_lot::{Mutex, MutexGuard};

use super::{Registry, Route, RouteId, State};
use crate::fault::Fault;

/// What a connection must send to match the application's wish.
pub(crate) enum Action {
    Nothing,
    Subscribe(Telling),
    Unsubscribe,
}

/// One subscribe that one connection has sent.
#[derive(Clone)]
pub(crate) struct Telling {
    pub(crate) route: Arc<Route>,
    number: u64,
}

/// What one connection has been told. Being told counts from the moment of sending:
/// the server handles commands in order.
pub(crate) struct Ledger {
    registry: Arc<Registry>,
    book: Mutex<Book>,
}

#[derive(Default)]
struct Book {
    told: HashMap<RouteId, Told>,
    last_number: u64,
    closed: bool,
}

struct Told {
    telling: Telling,
    acknowledged: bool,
}

impl Registry {
    /// Starts the ledger of a new connection, which has been told nothing.
    pub(crate) fn open(self: &Arc<Self>) -> Ledger {
        Ledger { registry: self.clone(), book: Mutex::default() }
    }
}

impl Ledger {
    /// The registry's lock comes before the ledger's.
    fn lock(&self) -> (MutexGuard<'_, State>, MutexGuard<'_, Book>) {
        (self.registry.state.lock(), self.book.lock())
    }

    /// Says what to send for a route now, and notes it as sent.
    pub(crate) fn sync(&self, route: &Arc<Route>) -> Action {
        let (mut state, mut book) = self.lock();
        let wanted = state.routes.get(&route.id).is_some_and(|entry| !entry.members.is_empty());
        let told = book.told.contains_key(&route.id);
        if book.closed || wanted == told {
            Action::Nothing
        } else if wanted {
            Action::Subscribe(book.tell(&mut state, route))
        } else {
            book.untell(&mut state, route.id);
            Action::Unsubscribe
        }
    }

    /// A subscribe for every route that is wanted and that this connection has not
    /// been told of, noted as sent.
    pub(crate) fn missing(&self) -> Vec<Telling> {
        let (mut state, mut book) = self.lock();
        if book.closed {
            return Vec::new();
        }
        let mut missing: Vec<_> = state
            .routes
            .values()
            .filter(|entry| !entry.members.is_empty() && !book.told.contains_key(&entry.route.id))
            .map(|entry| entry.route.clone())
            .collect();
        missing.sort_unstable_by_key(|route| route.id);
        missing.iter().map(|route| book.tell(&mut state, route)).collect()
    }

    /// Every route that this connection has been told of.
    pub(crate) fn told(&self) -> Vec<Arc<Route>> {
        let book = self.book.lock();
        book.told.values().map(|told| told.telling.route.clone()).collect()
    }

    /// Notes that the server has acknowledged a subscribe: the route's local
    /// subscriptions are ready. A telling that an unsubscribe has followed does not
    /// count.
    pub(crate) fn acknowledged(&self, telling: &Telling) {
        let (mut state, mut book) = self.lock();
        let Some(told) = book.find(telling).filter(|told| !told.acknowledged) else {
            return;
        };
        told.acknowledged = true;
        if let Some(entry) = state.routes.get_mut(&telling.route.id) {
            entry.live += 1;
            for member in &entry.members {
                member.ready.complete(Ok(()));
            }
        }
    }

    /// Notes that the server refused a subscribe: the route's local subscriptions
    /// end with the cause.
    pub(crate) fn refused(&self, telling: &Telling, cause: &Fault) {
        let (mut state, mut book) = self.lock();
        if book.find(telling).is_some() {
            book.end(&mut state, telling.route.id, cause);
        }
    }

    /// Notes that the server ended a subscription: the route's local subscriptions
    /// end with the cause.
    pub(crate) fn ended(&self, route: &Arc<Route>, cause: &Fault) {
        let (mut state, mut book) = self.lock();
        if book.told.contains_key(&route.id) {
            book.end(&mut state, route.id, cause);
        }
    }

    /// Says that the connection is gone.
    pub(crate) fn close(&self) {
        let (mut state, mut book) = self.lock();
        book.closed = true;
        let routes: Vec<RouteId> = book.told.keys().copied().collect();
        for id in routes {
            book.untell(&mut state, id);
        }
    }
}

impl Book {
    fn find(&mut self, telling: &Telling) -> Option<&mut Told> {
        let told = self.told.get_mut(&telling.route.id)?;
        (told.telling.number == telling.number).then_some(told)
    }

    fn tell(&mut self, state: &mut State, route: &Arc<Route>) -> Telling {
        self.last_number += 1;
        let telling = Telling { route: route.clone(), number: self.last_number };
        let told = Told { telling: telling.clone(), acknowledged: false };
        self.told.insert(route.id, told);
        if let Some(entry) = state.routes.get_mut(&route.id) {
            entry.told += 1;
        }
        telling
    }

    fn untell(&mut self, state: &mut State, id: RouteId) {
        let Some(told) = self.told.remove(&id) else {
            return;
        };
        if let Some(entry) = state.routes.get_mut(&id) {
            entry.told -= 1;
            entry.live -= usize::from(told.acknowledged);
        }
        state.forget(id);
    }

    fn end(&mut self, state: &mut State, id: RouteId, cause: &Fault) {
        state.end_route(id, cause, false);
        self.untell(state, id);
    }
}
