use std::sync::Arc;

use crate::message::Message;
use crate::registry::Route;

/// Some routes, each once. Immutable, and cheap to clone.
#[derive(Clone)]
pub(super) struct Routes(Arc<[Arc<Route>]>);

impl FromIterator<Arc<Route>> for Routes {
    fn from_iter<T: IntoIterator<Item = Arc<Route>>>(routes: T) -> Self {
        Self(routes.into_iter().collect())
    }
}

impl Routes {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn contains(&self, route: &Route) -> bool {
        self.0.iter().any(|own| own.id == route.id)
    }

    /// Those that something holds for. When it is all of them, nothing is allocated.
    pub(super) fn only(&self, keep: impl Fn(&Route) -> bool) -> Self {
        if self.0.iter().all(|route| keep(route)) {
            return self.clone();
        }
        self.0.iter().filter(|route| keep(route)).cloned().collect()
    }

    /// Those that are not among others.
    pub(super) fn without(&self, others: Option<&Self>) -> Self {
        match others {
            None => self.clone(),
            Some(others) => self.only(|route| !others.contains(route)),
        }
    }

    /// These and others.
    pub(super) fn and(&self, others: Option<&Self>) -> Self {
        let Some(others) = others else {
            return self.clone();
        };
        let further = self.without(Some(others));
        if further.is_empty() {
            return others.clone();
        }
        others.0.iter().chain(further.0.iter()).cloned().collect()
    }

    /// Brings a message to all; the last one gets it without a copy.
    pub(super) fn push(&self, message: Message) {
        if let Some((last, others)) = self.0.split_last() {
            for route in others {
                route.push(message.clone());
            }
            last.push(message);
        }
    }
}
