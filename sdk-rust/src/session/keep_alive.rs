use std::sync::Arc;
use std::sync::atomic::Ordering;

use tokio::time::{Instant, MissedTickBehavior, interval_at};

use super::Session;
use crate::fault::Fault;
use crate::reason::Reason;

/// After how many intervals without a word from the peer it is given up.
const MISSED_PINGS: u32 = 2;

impl Session {
    /// Pings the peer in the interval that the server has asked for, and ends the
    /// session when nothing has come for too long. Anything that comes is a sign of
    /// life.
    pub(super) async fn keep_alive(self: Arc<Self>) {
        let every = self.welcome().keep_alive;
        let mut ticks = interval_at(Instant::now() + every, every);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut missed = 0;
        loop {
            self.fence();
            tokio::select! {
                _ = ticks.tick() => {}
                () = self.done.cancelled() => return,
            }
            if self.heard.swap(false, Ordering::Relaxed) {
                missed = 0;
                continue;
            }
            missed += 1;
            if missed >= MISSED_PINGS {
                let text = format!("the server has not answered {MISSED_PINGS} pings, {every:?} apart");
                return self.end(Fault::new(Reason::ConnectionLost, text));
            }
        }
    }
}
