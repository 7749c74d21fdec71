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
    /// None: dropped.
    messages: VecDeque<Option<HeldMessage>>,
    /// The number of the first message; numbers go up by one.
    first: usize,
    /// The number of each message that is not dropped.
    position: HashMap<MessageId, usize>,
    bytes: usize,
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

    /// Holds a message back, after those that are held already. A message that is
    /// held already, from a follower that has gone, is not added again.
    pub(super) fn add(&mut self, message: Message, routes: Routes) {
        if self.position.contains_key(&message.id) {
            return;
        }
        self.position.insert(message.id, self.first + self.messages.len());
        self.bytes += message.payload.len();
        self.messages.push_back(Some(HeldMessage { message, routes }));
    }

    /// Forgets a message for some routes, which have got it.
    pub(super) fn drop(&mut self, id: MessageId, routes: &Routes) {
        let Some(number) = self.position.get(&id) else {
            return;
        };
        let slot = &mut self.messages[number - self.first];
        if let Some(held) = slot {
            held.routes = held.routes.without(Some(routes));
            if !held.routes.is_empty() {
                return;
            }
            self.bytes -= held.message.payload.len();
        }
        *slot = None;
        self.position.remove(&id);
        while let Some(None) = self.messages.front() {
            self.messages.pop_front();
            self.first += 1;
        }
    }

    /// Empties the store and gives what was in it, in order.
    pub(super) fn take_all(&mut self) -> impl Iterator<Item = HeldMessage> + use<> {
        std::mem::take(self).messages.into_iter().flatten()
    }
}
