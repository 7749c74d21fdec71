//! Remembers the ids of messages that have been delivered, so that a message which
//! comes over two connections is delivered once (SDK-9).

use std::collections::{HashSet, VecDeque};

use crate::message::MessageId;

/// How many ids are remembered. An unarmed window costs 64 KiB and a copy of 16
/// bytes for each message; it is there so that a window that is armed after a
/// connection broke already knows what came just before.
const UNARMED_SIZE: usize = 1 << 12;
/// An armed window grows as far as half a second at 500,000 messages a second
/// needs: 4 MiB and a set.
const ARMED_SIZE: usize = 1 << 18;

/// The newest ids. While it is armed it can be asked whether it has one.
#[derive(Debug, Default)]
pub(crate) struct Window {
    ids: VecDeque<MessageId>,
    set: Option<HashSet<MessageId>>,
}

impl Window {
    /// Remembers an id and, when the window is full, forgets the oldest.
    pub(crate) fn add(&mut self, id: MessageId) {
        let size = if self.set.is_some() { ARMED_SIZE } else { UNARMED_SIZE };
        let forgotten = if self.ids.len() >= size { self.ids.pop_front() } else { None };
        self.ids.push_back(id);
        if let Some(set) = &mut self.set {
            if let Some(forgotten) = forgotten {
                set.remove(&forgotten);
            }
            set.insert(id);
        }
    }

    /// Whether the id is remembered; always false while not armed.
    pub(crate) fn contains(&self, id: MessageId) -> bool {
        self.set.as_ref().is_some_and(|set| set.contains(&id))
    }

    /// Whether the window can be asked.
    pub(crate) fn is_armed(&self) -> bool {
        self.set.is_some()
    }

    /// Makes it possible to ask, also for the ids that are remembered already.
    pub(crate) fn arm(&mut self) {
        if self.set.is_none() {
            self.set = Some(self.ids.iter().copied().collect());
        }
    }

    /// Ends asking and forgets all but the newest ids.
    pub(crate) fn disarm(&mut self) {
        self.set = None;
        self.ids.drain(..self.ids.len().saturating_sub(UNARMED_SIZE));
        self.ids.shrink_to(UNARMED_SIZE);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(sequence: usize) -> MessageId {
        MessageId { origin: 7, sequence: sequence as u64 }
    }

    fn filled(count: usize, armed: bool) -> Window {
        let mut window = Window::default();
        if armed {
            window.arm();
        }
        (0..count).for_each(|n| window.add(id(n)));
        window
    }

    // SDK-9: a window that is armed late knows what came just before.
    #[test]
    fn arming_late_knows_the_newest() {
        let mut window = filled(UNARMED_SIZE + 10, false);
        assert!(!window.contains(id(UNARMED_SIZE)));
        window.arm();
        assert!(!window.contains(id(9)));
        assert!(window.contains(id(10)));
        assert!(window.contains(id(UNARMED_SIZE + 9)));
        window.add(id(UNARMED_SIZE + 10));
        assert!(window.contains(id(10)), "an armed window grows");
    }

    #[test]
    fn an_armed_window_is_bounded() {
        let window = filled(ARMED_SIZE + 1, true);
        assert!(!window.contains(id(0)));
        assert!(window.contains(id(1)));
        assert_eq!(window.set.unwrap().len(), ARMED_SIZE);
    }

    #[test]
    fn disarming_keeps_the_newest() {
        let mut window = filled(2 * UNARMED_SIZE, true);
        window.disarm();
        assert!(!window.is_armed());
        assert_eq!(window.ids.len(), UNARMED_SIZE);
        window.arm();
        assert!(window.contains(id(2 * UNARMED_SIZE - 1)));
        assert!(!window.contains(id(UNARMED_SIZE - 1)));
    }
}
