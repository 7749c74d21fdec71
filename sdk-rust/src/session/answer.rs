use std::sync::Arc;
use std::sync::atomic::Ordering;

use tokio::time::Instant;

use super::command::Command;
use super::{Expiry, Session};
use crate::fault::{Fault, Retry};
use crate::generated::{Failure, Success};

impl Session {
    /// Completes the commands that one `Success` answers.
    pub(super) fn succeed(&self, success: &Success) {
        let mut published = Vec::new();
        let mut done = Vec::new();
        {
            let mut pending = self.pending.lock();
            for id in &success.request_ids {
                if let Some(ticket) = pending.publishes.remove(id) {
                    published.push(ticket);
                } else if let Some(command) = pending.commands.remove(id) {
                    done.push(command);
                }
            }
        }
        for ticket in &published {
            ticket.receipt.complete(Ok(()));
        }
        self.config.outbox.release(published.len());
        for command in &done {
            self.command_succeeded(command, success);
        }
    }

    fn command_succeeded(&self, command: &Command, success: &Success) {
        match command {
            Command::Subscribe { telling, .. } | Command::Resubscribe { telling, .. } => {
                self.feed.bind(success.pattern_handle, telling.route.clone());
                self.ledger.acknowledged(telling);
            }
            Command::Unsubscribe { route, .. } => self.feed.unbind(route),
            Command::Authenticate(_) => *self.expiry.lock() = Expiry::of(success.token_expires_at),
            Command::Ping { sent_at, .. } => {
                let rtt = Instant::now().duration_since(*sent_at).as_nanos().max(1);
                self.rtt.store(u64::try_from(rtt).unwrap_or(u64::MAX), Ordering::Relaxed);
            }
            // Nothing comes for the route any more; it stays bound until the end.
            Command::Retire(_) => {}
        }
        command.complete(Ok(()));
    }

    /// Completes the command that a `Failure` answers, or reports a refusal that
    /// nobody waits for, or keeps why the session is about to end.
    pub(super) fn fail(self: &Arc<Self>, failure: &Failure) {
        let refusal = Fault::from_failure(failure);
        if failure.closes_session {
            self.will_end(refusal.clone());
        }
        let (published, command) = {
            let mut pending = self.pending.lock();
            let id = failure.request_id;
            (pending.publishes.remove(&id), pending.commands.remove(&id))
        };
        if let Some(ticket) = published {
            ticket.receipt.complete(Err(refusal));
            self.config.outbox.release(1);
        } else if let Some(command) = command {
            self.command_failed(&command, refusal);
        } else if !failure.closes_session {
            (self.config.report)(refusal);
        }
    }

    fn command_failed(&self, command: &Command, refusal: Fault) {
        match command {
            Command::Subscribe { telling, .. } => self.ledger.refused(telling, &refusal),
            Command::Resubscribe { telling, .. } if refusal.retry() != Retry::Yes => {
                self.ledger.refused(telling, &refusal);
            }
            Command::Unsubscribe { route, .. } => self.feed.unbind(route),
            _ => {}
        }
        command.complete(Err(refusal));
    }
}
