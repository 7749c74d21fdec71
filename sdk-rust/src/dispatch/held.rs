use std::collections::{HashMap, VecDeque};

use super::routes::Routes;
use crate::message::{Message, MessageId};

/// How much is held back at most: as much as a server queues for one connection by
/// default.
pub(super) const HELD_MESSAGES: usize = 65536;
const HELD_BYTES: usize = 8 << 20;

/// What a follower has brought and the leader has not: a queue from which messages
/// are mostly dropped at the front, because both bring the same.
#[derive(Default)]
pub(super) struct Held {
    entries: VecDeque<Entry>,
    /// The number of the first entry; numbers go up by one.
    first: usize,
    /// The number of the last entry of each message that is held.
    position: HashMap<MessageId, usize>,
    bytes: usize,
}

/// One message for some routes. A message has more than one entry when a follower has
/// gone, and the next one brings it for more routes: each route has its messages in the
/// order of the follower that brought them.
struct Entry {
    /// None: dropped.
    message: Option<HeldMessage>,
    /// The number of the message's entry before this one.
    earlier: Option<usize>,
}

pub(super) struct HeldMessage {
    pub(super) message: Message,
    pub(super) routes: Routes,
}

impl Held {
    pub(super) fn any(&self) -> bool {
        !self.position.is_empty()
    }

    pub(super) fn is_full(&self) -> bool {
        self.position.len() >= HELD_MESSAGES || self.bytes >= HELD_BYTES
    }

    /// Holds a message back, after those that are held already, for the routes for which
    /// it is not held yet.
    pub(super) fn add(&mut self, message: Message, mut routes: Routes) {
        let last = self.position.get(&message.id).copied();
        let mut next = last;
        while let Some(entry) = self.entry(next) {
            routes = routes.without(entry.message.as_ref().map(|held| &held.routes));
            next = entry.earlier;
        }
        if routes.is_empty() {
            return;
        }
        self.position.insert(message.id, self.first + self.entries.len());
        self.bytes += message.payload.len();
        self.entries.push_back(Entry { message: Some(HeldMessage { message, routes }), earlier: last });
    }

    /// Forgets a message for some routes, which have got it.
    pub(super) fn drop(&mut self, id: MessageId, routes: &Routes) {
        let (mut next, mut left) = (self.position.get(&id).copied(), false);
        while let Some(entry) = self.entry(next) {
            next = entry.earlier;
            let Some(held) = &mut entry.message else {
                continue;
            };
            held.routes = held.routes.without(Some(routes));
            if held.routes.is_empty() {
                let size = held.message.payload.len();
                entry.message = None;
                self.bytes -= size;
            } else {
                left = true;
            }
        }
        if left {
            return;
        }
        self.position.remove(&id);
        while self.entries.front().is_some_and(|entry| entry.message.is_none()) {
            self.entries.pop_front();
            self.first += 1;
        }
    }

    /// The entry with a number; none, too, when it has been dropped long ago.
    fn entry(&mut self, number: Option<usize>) -> Option<&mut Entry> {
        self.entries.get_mut(number?.checked_sub(self.first)?)
    }

    /// Empties the store and gives what was in it, in order.
    pub(super) fn take_all(&mut self) -> impl Iterator<Item = HeldMessage> + use<> {
        std::mem::take(self).entries.into_iter().filter_map(|entry| entry.message)
    }
}
