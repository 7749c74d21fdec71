use std::collections::VecDeque;
use std::time::Duration;

use tokio::time::Instant;

use super::Item;

/// How many slots a ring keeps however little it is used.
const SLOTS_KEPT: usize = 1024;
/// How long a ring must have been mostly unused before it gives half of its memory
/// back. Under load a ring becomes empty many times a second, between bursts of any
/// size: it must not be made anew each time.
const QUIET_TIME: Duration = Duration::from_secs(5);

/// A queue that grows as needed, and gives memory back, step by step, that it has not
/// needed for a while.
#[derive(Default)]
pub(super) struct Ring {
    items: VecDeque<Item>,
    /// The most items since it was empty last.
    peak: usize,
    /// Since when it has been mostly unused whenever it became empty; none: it has not.
    quiet: Option<Instant>,
}

impl Ring {
    pub(super) fn len(&self) -> usize {
        self.items.len()
    }

    pub(super) fn push(&mut self, item: Item) {
        self.items.push_back(item);
        self.peak = self.peak.max(self.items.len());
    }

    /// Takes the oldest item.
    pub(super) fn pop(&mut self) -> Option<Item> {
        let item = self.items.pop_front()?;
        if self.items.is_empty() {
            if self.items.capacity() > SLOTS_KEPT {
                self.give_back();
            }
            self.peak = 0;
        }
        Some(item)
    }

    /// Gives half of the memory back if the ring, which is empty, has been mostly unused
    /// for long enough.
    fn give_back(&mut self) {
        let now = Instant::now();
        let capacity = self.items.capacity();
        match self.quiet {
            _ if self.peak >= capacity / 4 => self.quiet = None,
            None => self.quiet = Some(now),
            Some(since) if now - since >= QUIET_TIME => {
                self.items.shrink_to(SLOTS_KEPT.max(capacity / 2));
                self.quiet = Some(now);
            }
            Some(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::Lagged;

    fn burst(ring: &mut Ring, size: usize) {
        for _ in 0..size {
            ring.push(Item::Lagged(Lagged { missed: 1, at_server: false }));
        }
        while ring.pop().is_some() {}
    }

    // A burst's memory is given back step by step when it has not been needed for a while,
    // and kept until then: also when the ring becomes empty again and again.
    #[tokio::test(start_paused = true)]
    async fn memory_is_given_back_later() {
        let mut ring = Ring::default();
        burst(&mut ring, 10_000);
        let grown = ring.items.capacity();
        (0..1000).for_each(|_| burst(&mut ring, 1));
        assert_eq!(ring.items.capacity(), grown);
        tokio::time::advance(QUIET_TIME).await;
        burst(&mut ring, 9000);
        burst(&mut ring, 1);
        assert_eq!(ring.items.capacity(), grown, "the big burst has begun the time anew");
        tokio::time::advance(QUIET_TIME).await;
        burst(&mut ring, 1);
        assert_eq!(ring.items.capacity(), grown / 2);
        for _ in 0..10 {
            tokio::time::advance(QUIET_TIME).await;
            burst(&mut ring, 1);
        }
        assert_eq!(ring.items.capacity(), SLOTS_KEPT);
    }
}
