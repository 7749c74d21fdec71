//! The life of one connection, free of any transport: it starts with the welcome,
//! sends commands in order, matches answers with them, hands deliveries to the
//! dispatcher, watches that the peer is alive, and ends once, with a cause. What
//! outlives a connection (outbox, registry, dispatcher) is not here.

mod answer;
mod command;
mod end;
mod keep_alive;
mod reader;
mod subscriptions;
#[cfg(test)]
mod tests;
mod welcome;
mod writer;

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use parking_lot::Mutex;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::dispatch::{Dispatcher, Feed};
use crate::fault::Fault;
use crate::outbox::{Consumer, Outbox, Ticket};
use crate::reason::Reason;
use crate::receipt::Receipt;
use crate::registry::{Ledger, Registry};
use crate::secret::Secret;
use crate::transport::Connection;
use crate::wire;
use command::Command;
pub(crate) use welcome::{GoAway, Limits, Welcome};

/// What a session works with.
#[derive(Clone)]
pub(crate) struct Config {
    pub(crate) outbox: Arc<Outbox>,
    pub(crate) registry: Arc<Registry>,
    pub(crate) dispatcher: Arc<Dispatcher>,
    /// The session's tasks run here; they end soon after the session.
    pub(crate) tracker: TaskTracker,
    /// Gets refusals that no caller waits for. It must not block.
    pub(crate) report: Arc<dyn Fn(Fault) + Send + Sync>,
}

/// When a token expires.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Expiry {
    /// By this client's clock.
    pub(crate) at: Instant,
    /// As the server said.
    pub(crate) time: SystemTime,
}

/// One connection.
pub(crate) struct Session {
    config: Config,
    consumer: Consumer,
    ledger: Ledger,
    feed: Feed,

    welcome: OnceLock<Welcome>,
    welcomed: CancellationToken,
    going: OnceLock<GoAway>,
    going_away: CancellationToken,
    /// Cancelled when everything is over but the tasks.
    done: CancellationToken,

    /// Something has come since the keep-alive looked last.
    heard: AtomicBool,
    /// Nanoseconds; 0: not measured yet.
    rtt: AtomicU64,
    expiry: Mutex<Option<Expiry>>,
    pending: Mutex<Pending>,
}

/// What waits for an answer, and how the session stands.
#[derive(Default)]
struct Pending {
    /// The session's own frames; they go before the outbox's.
    control: VecDeque<Bytes>,
    publishes: HashMap<u64, Arc<Ticket>>,
    commands: HashMap<u64, Command>,
    cause: Option<Fault>,
    /// An orderly end was asked for.
    finishing: bool,
    ended: bool,
    /// The session ends soon if the peer does not end it.
    last_word: bool,
}

impl Session {
    /// Starts a session on a fresh connection and waits for the welcome, until the
    /// deadline. When it fails, or is dropped, the connection is gone.
    pub(crate) async fn open(connection: Connection, config: Config, deadline: Instant) -> Result<Arc<Self>, Fault> {
        let session = Arc::new(Self {
            consumer: Consumer::default(),
            ledger: config.registry.open(),
            feed: config.dispatcher.open(),
            config,
            welcome: OnceLock::new(),
            welcomed: CancellationToken::new(),
            going: OnceLock::new(),
            going_away: CancellationToken::new(),
            done: CancellationToken::new(),
            heard: AtomicBool::new(false),
            rtt: AtomicU64::new(0),
            expiry: Mutex::new(None),
            pending: Mutex::default(),
        });
        let opening = EndOnDrop(Some(session.clone()));
        let tracker = session.config.tracker.clone();
        tracker.spawn(session.clone().read(connection.receiver));
        tokio::select! {
            () = session.welcomed.cancelled() => {}
            () = session.done.cancelled() => {}
            () = tokio::time::sleep_until(deadline) => {
                session.end(Fault::new(Reason::Unreachable, "the server did not welcome the connection in time"));
            }
        }
        if !session.is_alive() {
            return Err(session.cause());
        }
        tracker.spawn(session.clone().write(connection.sender));
        tracker.spawn(session.clone().keep_alive());
        opening.disarm();
        Ok(session)
    }

    /// What the server said at the start.
    pub(crate) fn welcome(&self) -> Welcome {
        self.welcome.get().cloned().unwrap_or_default()
    }

    /// Takes from the outbox when it is attached.
    pub(crate) fn consumer(&self) -> &Consumer {
        &self.consumer
    }

    /// Waits until the session has ended.
    pub(crate) async fn done(&self) {
        self.done.cancelled().await;
    }

    pub(crate) fn is_alive(&self) -> bool {
        !self.done.is_cancelled()
    }

    /// Why the session ended.
    pub(crate) fn cause(&self) -> Fault {
        let cause = self.pending.lock().cause.clone();
        cause.unwrap_or_else(|| Fault::new(Reason::ConnectionLost, "the connection ended"))
    }

    /// Waits until the server has asked the client to move.
    pub(crate) async fn go_away(&self) {
        self.going_away.cancelled().await;
    }

    /// What the server said with its go-away.
    pub(crate) fn going(&self) -> GoAway {
        self.going.get().cloned().unwrap_or_else(GoAway::now)
    }

    /// The last measured round-trip time.
    pub(crate) fn rtt(&self) -> Option<Duration> {
        match self.rtt.load(Ordering::Relaxed) {
            0 => None,
            nanos => Some(Duration::from_nanos(nanos)),
        }
    }

    /// When the session's token expires, if the server has said so.
    pub(crate) fn token_expiry(&self) -> Option<Expiry> {
        *self.expiry.lock()
    }

    /// Queues one of the session's own commands and keeps its record until the
    /// answer comes. When the session has ended already, the command ends with it.
    fn send(&self, command: Command, encode: impl FnOnce(u64) -> Bytes) {
        let id = self.config.outbox.next_id();
        {
            let mut pending = self.pending.lock();
            if !pending.ended {
                pending.commands.insert(id, command);
                pending.control.push_back(encode(id));
                drop(pending);
                self.consumer.signal();
                return;
            }
        }
        command.abandon(&self.cause());
    }

    /// Presents a fresh token.
    pub(crate) fn authenticate(&self, token: &Secret) -> Receipt {
        let receipt = Receipt::new();
        self.send(Command::Authenticate(receipt.clone()), |id| wire::authenticate(id, token));
        receipt
    }

    /// Asks for a sign of life. The receipt completes when the server has handled
    /// every command that was sent before and its answers have been read.
    pub(crate) fn fence(&self) -> Receipt {
        let receipt = Receipt::new();
        self.ping(receipt.clone());
        receipt
    }

    fn ping(&self, receipt: Receipt) {
        let command = Command::Ping { receipt, sent_at: Instant::now() };
        self.send(command, wire::ping);
    }
}

/// Ends a session whose opening or resubscription is given up.
pub(crate) struct EndOnDrop(Option<Arc<Session>>);

impl EndOnDrop {
    pub(crate) fn new(session: &Arc<Session>) -> Self {
        Self(Some(session.clone()))
    }

    /// Lets the session live.
    pub(crate) fn disarm(mut self) {
        self.0 = None;
    }
}

impl Drop for EndOnDrop {
    fn drop(&mut self) {
        if let Some(session) = self.0.take() {
            session.end(Fault::new(Reason::Closed, "the attempt to connect was given up"));
        }
    }
}
