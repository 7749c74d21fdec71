use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::command::{Command, lost};
use super::{Pending, Session};
use crate::fault::Fault;
use crate::outbox::Ticket;
use crate::reason::Reason;

/// How long a peer whose connection fails gets to say why.
pub(super) const LAST_WORD_TIME: Duration = Duration::from_secs(1);

impl Session {
    /// Keeps the reason that the server gave; the connection ends when the server
    /// closes it, or a little later.
    pub(super) fn will_end(self: &Arc<Self>, cause: Fault) {
        {
            let mut pending = self.pending.lock();
            if pending.cause.is_some() || pending.ended {
                return;
            }
            pending.cause = Some(cause.clone());
        }
        self.end_later(cause);
    }

    /// Ends the session, once: the first cause counts. Everything that waits for an
    /// answer learns that none will come, and the connection is cut.
    pub(crate) fn end(&self, cause: Fault) {
        let Some((publishes, commands)) = self.pending.lock().take_all(cause) else {
            return;
        };
        self.config.outbox.detach(&self.consumer);
        self.feed.finish();
        self.ledger.close();
        let cause = self.cause();
        for ticket in publishes.values() {
            ticket.receipt.complete(Err(lost(Some(&cause))));
        }
        self.config.outbox.release(publishes.len());
        for command in commands.values() {
            command.abandon(&cause);
        }
        self.done.cancel();
    }

    /// Ends the session in order: what is queued goes out, the peer is told, and its
    /// own end is waited for until the deadline.
    pub(crate) async fn close(&self, deadline: Instant) {
        self.pending.lock().finishing = true;
        self.consumer.signal();
        let _ = tokio::time::timeout_at(deadline, self.done.cancelled()).await;
        self.end(Fault::new(Reason::Closed, "the client has closed the connection"));
    }
}

type Waiting = (HashMap<u64, Arc<Ticket>>, HashMap<u64, Command>);

impl Pending {
    /// What waits for an answer, the first time.
    fn take_all(&mut self, cause: Fault) -> Option<Waiting> {
        if self.ended {
            return None;
        }
        self.ended = true;
        self.cause.get_or_insert(cause);
        self.control.clear();
        Some((std::mem::take(&mut self.publishes), std::mem::take(&mut self.commands)))
    }
}
