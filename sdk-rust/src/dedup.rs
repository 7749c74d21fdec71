//! Remembers the ids of messages that have been delivered, so that a message which
//! comes over two connections is delivered once (SDK-9).

use std::collections::{HashMap, VecDeque};

use crate::message::MessageId;

/// How many ids are remembered. An unarmed window costs 128 KiB and a copy of an id
/// and its mark for each message; it is there so that a window that is armed after a
/// connection broke already knows what came just before.
const UNARMED_SIZE: usize = 1 << 12;
/// An armed window grows as far as half a second at 500,000 messages a second
/// needs: 8 MiB and a map.
const ARMED_SIZE: usize = 1 << 18;

/// The newest ids, each with a mark: what is known of its delivery. While the window
/// is armed it can be asked.
#[derive(Debug)]
pub(crate) struct Window<M> {
    ids: VecDeque<(MessageId, M)>,
    /// The number of the oldest id; numbers go up by one.
    oldest: usize,
    /// The numbers of the ids; none: not armed.
    at: Option<HashMap<MessageId, usize>>,
}

impl<M> Default for Window<M> {
    fn default() -> Self {
        Self { ids: VecDeque::new(), oldest: 0, at: None }
    }
}

impl<M> Window<M> {
    /// Remembers an id with its mark, or changes the mark of one that can be asked
    /// for. When the window is full it forgets the oldest.
    pub(crate) fn put(&mut self, id: MessageId, mark: M) {
        if let Some(number) = self.number(id) {
            self.ids[number - self.oldest].1 = mark;
            return;
        }
        let size = if self.is_armed() { ARMED_SIZE } else { UNARMED_SIZE };
        if self.ids.len() >= size {
            self.forget_oldest();
        }
        if let Some(at) = &mut self.at {
            at.insert(id, self.oldest + self.ids.len());
        }
        self.ids.push_back((id, mark));
    }

    /// The mark of an id that is remembered; always none while not armed.
    pub(crate) fn get(&self, id: MessageId) -> Option<&M> {
        let number = self.number(id)?;
        Some(&self.ids[number - self.oldest].1)
    }

    /// Whether the window can be asked.
    pub(crate) fn is_armed(&self) -> bool {
        self.at.is_some()
    }

    /// Makes it possible to ask, also for the ids that are remembered already.
    pub(crate) fn arm(&mut self) {
        if self.at.is_none() {
            let numbered = (self.oldest..).zip(&self.ids).map(|(number, (id, _))| (*id, number));
            self.at = Some(numbered.collect());
        }
    }

    /// Ends asking and forgets all but the newest ids.
    pub(crate) fn disarm(&mut self) {
        self.at = None;
        let forgotten = self.ids.len().saturating_sub(UNARMED_SIZE);
        self.ids.drain(..forgotten);
        self.oldest += forgotten;
        self.ids.shrink_to(UNARMED_SIZE);
    }

    fn number(&self, id: MessageId) -> Option<usize> {
        self.at.as_ref()?.get(&id).copied()
    }

    fn forget_oldest(&mut self) {
        let forgotten = self.ids.pop_front();
        if let (Some(at), Some((id, _))) = (&mut self.at, forgotten) {
            at.remove(&id);
        }
        self.oldest += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(sequence: usize) -> MessageId {
        MessageId { origin: 7, sequence: sequence as u64 }
    }

    fn filled(count: usize, armed: bool) -> Window<usize> {
        let mut window = Window::default();
        if armed {
            window.arm();
        }
        (0..count).for_each(|n| window.put(id(n), n));
        window
    }

    // SDK-9: a window that is armed late knows what came just before.
    #[test]
    fn arming_late_knows_the_newest() {
        let mut window = filled(UNARMED_SIZE + 10, false);
        assert_eq!(window.get(id(UNARMED_SIZE)), None, "not armed: nothing is known");
        window.arm();
        assert_eq!(window.get(id(9)), None, "the oldest are forgotten");
        assert_eq!(window.get(id(10)), Some(&10));
        assert_eq!(window.get(id(UNARMED_SIZE + 9)), Some(&(UNARMED_SIZE + 9)));
        window.put(id(UNARMED_SIZE + 10), 1);
        assert_eq!(window.get(id(10)), Some(&10), "an armed window grows");
    }

    #[test]
    fn an_armed_window_is_bounded() {
        let mut window = filled(UNARMED_SIZE + 3, false);
        window.arm();
        window.arm();
        (0..ARMED_SIZE).for_each(|n| window.put(id(1_000_000 + n), n));
        assert_eq!(window.get(id(UNARMED_SIZE + 2)), None);
        assert_eq!(window.get(id(1_000_000)), Some(&0));
        window.put(id(5_000_000), 5);
        assert_eq!(window.get(id(1_000_000)), None);
        assert_eq!(window.get(id(1_000_001)), Some(&1));
        assert_eq!((window.ids.len(), window.at.unwrap().len()), (ARMED_SIZE, ARMED_SIZE));
    }

    #[test]
    fn disarming_keeps_the_newest() {
        let mut window = filled(3 * UNARMED_SIZE, true);
        window.disarm();
        assert!(!window.is_armed());
        assert_eq!(window.get(id(3 * UNARMED_SIZE - 1)), None);
        assert_eq!(window.ids.len(), UNARMED_SIZE);
        window.arm();
        assert_eq!(window.get(id(2 * UNARMED_SIZE)), Some(&(2 * UNARMED_SIZE)));
        assert_eq!(window.get(id(2 * UNARMED_SIZE - 1)), None);
    }

    #[test]
    fn a_mark_can_be_changed() {
        let mut window = filled(10, true);
        window.put(id(4), 44);
        window.put(id(5), 55);
        assert_eq!((window.get(id(4)), window.get(id(5)), window.ids.len()), (Some(&44), Some(&55), 10));
    }

    // Model test: an armed window is a map of the newest ids to their newest marks.
    #[test]
    fn against_a_model() {
        for seed in 0..50 {
            let mut random = fastrand::Rng::with_seed(seed);
            let (mut window, mut model) = (Window::default(), HashMap::new());
            for mark in 0..500 {
                match random.u8(0..20) {
                    0 => window.arm(),
                    1 => window.disarm(),
                    // Only what can be asked for is put again.
                    _ if window.is_armed() && random.bool() => {
                        let again = id(random.usize(0..200));
                        window.put(again, mark);
                        model.insert(again, mark);
                    }
                    _ => {
                        window.put(id(1000 + mark), mark);
                        model.insert(id(1000 + mark), mark);
                    }
                }
                let known = random.choice(model.keys()).copied();
                if let Some(known) = known {
                    assert_eq!(window.get(known), model.get(&known).filter(|_| window.is_armed()), "seed {seed}");
                }
            }
        }
    }
}
