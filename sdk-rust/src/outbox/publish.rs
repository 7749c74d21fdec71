use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::queue::{Entry, Publish};
use super::{Outbox, State};
use crate::fault::Fault;
use crate::reason::Reason;
use crate::receipt::Receipt;
use crate::wire::Outgoing;

/// The receipt of a queued publish.
pub(crate) struct Ticket {
    pub(crate) receipt: Receipt,
    /// Encoded bytes.
    size: usize,
    /// It has left the queue; set under the outbox's lock.
    sent: AtomicBool,
}

impl Ticket {
    pub(super) fn mark_sent(&self) {
        self.sent.store(true, Ordering::Relaxed);
    }
}

impl Outbox {
    /// Queues a message, and has copied it when it is done.
    ///
    /// With `ack` the ticket's receipt completes when the server has answered.
    /// Without, it completes when the message has been handed to a transport; there
    /// is none when that is so already, because the client is connected and the
    /// outbox is part of the transport: nothing that is in it gets lost while the
    /// client lives.
    ///
    /// When there is no room, this waits for it while the client is connected, and
    /// fails with `BUFFER_FULL` while it is not. Dropping it is safe.
    pub(crate) async fn publish(&self, message: &Outgoing<'_>, ack: bool) -> Result<Option<Arc<Ticket>>, Fault> {
        loop {
            let room = self.room.notified();
            {
                let mut state = self.state.lock();
                if let Some(reason) = &state.sealed {
                    return Err(reason.clone());
                }
                if self.has_room(&state) {
                    let id = if ack { self.next_id() } else { 0 };
                    return Ok(state.enqueue(message, id));
                }
                if !state.connected {
                    return Err(full(&state));
                }
            }
            room.await;
        }
    }

    fn has_room(&self, state: &State) -> bool {
        let limits = self.limits;
        state.messages == 0 || state.messages < limits.messages && state.bytes < limits.bytes
    }

    /// Gives a publish up: if it has not been handed to a transport, it never will
    /// be, its ticket completes with the reason, and the answer is true.
    pub(crate) fn withdraw(&self, ticket: &Ticket, reason: impl FnOnce() -> Fault) -> bool {
        let mut state = self.state.lock();
        if ticket.sent.load(Ordering::Relaxed) || ticket.receipt.is_complete() {
            return false;
        }
        if !ticket.receipt.complete(Err(reason())) {
            return false;
        }
        state.messages -= 1;
        state.bytes -= ticket.size;
        self.room.notify_waiters();
        true
    }
}

impl State {
    fn enqueue(&mut self, message: &Outgoing<'_>, id: u64) -> Option<Arc<Ticket>> {
        let size = self.queue.encode(id, message);
        let waits = id != 0 || !self.connected;
        let ticket = waits.then(|| Arc::new(Ticket { receipt: Receipt::new(), size, sent: AtomicBool::new(false) }));
        self.messages += 1;
        self.bytes += size;
        self.queue.push(Entry::Publish(Publish { id, size, ticket: ticket.clone() }));
        self.signal();
        ticket
    }
}

fn full(state: &State) -> Fault {
    Fault::new(
        Reason::BufferFull,
        format!(
            "there is no connection and {} publishes with {} bytes are waiting for one already",
            state.messages, state.bytes
        ),
    )
}
