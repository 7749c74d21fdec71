//! The queue of what the client sends: publishes and changes of subscriptions, in
//! the order in which the application asked for them. It belongs to the client, not
//! to a connection: what has not been handed to a transport yet stays in it when a
//! connection breaks, and goes out over the next one (SDK-8). Whatever is pending
//! when the writer comes goes out as one frame (SDK-6); nothing ever waits for more
//! to come.

mod batch;
mod publish;
mod queue;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use parking_lot::Mutex;
use tokio::sync::Notify;

pub(crate) use batch::Batch;
pub(crate) use publish::Ticket;
use queue::{Entry, Queue};

use crate::fault::Fault;
use crate::receipt::Receipt;
use crate::registry::Route;

/// Bounds of the outbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Limits {
    /// How many publishes are queued or wait for their acknowledgement.
    pub(crate) messages: usize,
    /// How many encoded bytes are queued. One publish always has room.
    pub(crate) bytes: usize,
}

/// The writer of one connection.
#[derive(Clone, Default)]
pub(crate) struct Consumer(Arc<Notify>);

impl Consumer {
    /// Makes the consumer look again.
    pub(crate) fn signal(&self) {
        self.0.notify_one();
    }

    /// Waits until the consumer should look again.
    pub(crate) async fn wake(&self) {
        self.0.notified().await;
    }

    fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

/// What is queued beside publishes.
pub(crate) enum Command {
    /// The comparison of a route with what the connection has been told.
    Sync {
        route: Arc<Route>,
        receipt: Option<Receipt>,
    },
    Ping(Receipt),
}

impl Command {
    pub(crate) fn complete(&self, outcome: Result<(), Fault>) {
        match self {
            Self::Sync { receipt: Some(receipt), .. } | Self::Ping(receipt) => {
                receipt.complete(outcome);
            }
            Self::Sync { receipt: None, .. } => {}
        }
    }
}

/// One client's.
pub(crate) struct Outbox {
    limits: Limits,
    last_id: AtomicU64,
    state: Mutex<State>,
    /// There may be room again.
    room: Notify,
}

#[derive(Default)]
struct State {
    /// None: nobody takes now.
    consumer: Option<Consumer>,
    connected: bool,
    /// Why no more publishes are accepted.
    sealed: Option<Fault>,
    /// Nothing at all is accepted.
    failed: bool,
    queue: Queue,
    /// Queued, or waiting for an acknowledgement.
    messages: usize,
    /// Queued.
    bytes: usize,
}

impl Outbox {
    pub(crate) fn new(limits: Limits) -> Self {
        Self { limits, last_id: AtomicU64::new(0), state: Mutex::default(), room: Notify::new() }
    }

    /// A request id that nobody has had before.
    pub(crate) fn next_id(&self) -> u64 {
        self.last_id.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// Makes this the consumer: the client is connected.
    pub(crate) fn attach(&self, consumer: &Consumer) {
        let mut state = self.state.lock();
        state.consumer = Some(consumer.clone());
        state.connected = true;
        consumer.signal();
    }

    /// Takes the outbox away from its consumer because another connection will go
    /// on. The client counts as connected.
    pub(crate) fn pause(&self) {
        self.state.lock().consumer = None;
    }

    /// Says that a consumer's connection is gone. If it was the consumer the client
    /// is not connected now, and whoever waits for room is refused.
    pub(crate) fn detach(&self, consumer: &Consumer) {
        let mut state = self.state.lock();
        if state.consumer.as_ref().is_some_and(|current| current.is(consumer)) {
            state.consumer = None;
            state.connected = false;
            self.room.notify_waiters();
        }
    }

    /// Says that the connection which the outbox was paused for is gone. It does
    /// nothing when there is a consumer.
    pub(crate) fn disconnect(&self) {
        let mut state = self.state.lock();
        if state.consumer.is_none() {
            state.connected = false;
            self.room.notify_waiters();
        }
    }

    /// Says that some publishes have got their acknowledgement, or never will.
    pub(crate) fn release(&self, publishes: usize) {
        if publishes > 0 {
            self.state.lock().messages -= publishes;
            self.room.notify_waiters();
        }
    }

    /// Makes every publish that comes later fail with the reason.
    pub(crate) fn seal(&self, reason: &Fault) {
        self.state.lock().sealed.get_or_insert_with(|| reason.clone());
        self.room.notify_waiters();
    }

    /// Whether no publish is queued.
    pub(crate) fn is_flushed(&self) -> bool {
        self.state.lock().bytes == 0
    }

    /// Seals the outbox and fails everything that is queued. It gives how many
    /// messages are gone for which the application was told that they would be sent.
    pub(crate) fn fail(&self, reason: &Fault) -> usize {
        let mut state = self.state.lock();
        state.sealed = Some(reason.clone());
        state.failed = true;
        state.consumer = None;
        state.connected = false;
        let mut dropped = 0;
        while let Some(entry) = state.queue.pop() {
            match entry {
                Entry::Command(command) => command.complete(Err(reason.clone())),
                Entry::Publish(publish) => match publish.ticket {
                    Some(ticket) => drop(ticket.receipt.complete(Err(reason.clone()))),
                    None => dropped += 1,
                },
            }
        }
        (state.messages, state.bytes) = (0, 0);
        self.room.notify_waiters();
        dropped
    }

    /// Queues the comparison of a route with what the connection has been told. The
    /// receipt completes when the server knows.
    pub(crate) fn sync(&self, route: &Arc<Route>, receipt: Option<Receipt>) {
        self.command(Command::Sync { route: route.clone(), receipt });
    }

    /// Queues a ping. Its receipt completes when the server has handled everything
    /// that was queued before.
    pub(crate) fn ping(&self) -> Receipt {
        let receipt = Receipt::new();
        self.command(Command::Ping(receipt.clone()));
        receipt
    }

    /// Queues a command, also when publishes are sealed.
    fn command(&self, command: Command) {
        let mut state = self.state.lock();
        if let Some(reason) = state.sealed.as_ref().filter(|_| state.failed) {
            command.complete(Err(reason.clone()));
            return;
        }
        state.queue.push(Entry::Command(command));
        state.signal();
    }
}

impl State {
    fn signal(&self) {
        if let Some(consumer) = &self.consumer {
            consumer.signal();
        }
    }
}
