//! The life of a client: it keeps one session alive, makes a new one when a session
//! is lost, moves without a gap when a server asks for it, and owns what outlives a
//! session. It knows no transport.

mod calls;
mod close;
mod connect;
mod moving;
mod notifier;
mod renew;
mod status;
mod subscription;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use parking_lot::{Mutex, RwLock};
use tokio::sync::Notify;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::backoff::{Backoff, Policy};
use crate::credential::Source;
use crate::dispatch::Dispatcher;
use crate::fault::Fault;
use crate::outbox::{self, Outbox};
use crate::reason::Reason;
use crate::registry::Registry;
use crate::session::{Limits, Session};
use crate::state::{State, Status};
use crate::transport::Dialer;
use notifier::Notifier;
pub(crate) use subscription::Subscription;

/// Told changes of the state.
pub(crate) type StatusHandler = Box<dyn Fn(Status) + Send + Sync>;
/// Told failures that no call returns.
pub(crate) type ErrorHandler = Box<dyn Fn(crate::Error) + Send + Sync>;

/// What a client is made of.
pub(crate) struct Config {
    pub(crate) dialer: Box<dyn Dialer>,
    pub(crate) source: Source,
    pub(crate) backoff: Policy,
    /// Bounds one attempt to connect, from the token to the welcome.
    pub(crate) attempt_timeout: Duration,
    pub(crate) outbox: outbox::Limits,
    /// Both are called in order, one at a time.
    pub(crate) on_status: Option<StatusHandler>,
    pub(crate) on_error: Option<ErrorHandler>,
    /// Everything that the client spawns is tracked here.
    pub(crate) tracker: TaskTracker,
}

/// One client.
pub(crate) struct Supervisor {
    config: Config,
    outbox: Arc<Outbox>,
    registry: Arc<Registry>,
    dispatcher: Arc<Dispatcher>,
    notifier: Notifier,

    /// Cancelled when the client is to end.
    life: CancellationToken,
    /// Cancelled at the first CONNECTED.
    connected: CancellationToken,
    /// Cancelled when the client is CLOSED and nothing of it runs.
    done: CancellationToken,
    /// What calls get after a close.
    closed: Fault,

    /// The state has changed.
    changed: Notify,
    limits: RwLock<Limits>,
    /// The newest session; it may have ended.
    current: RwLock<Option<Arc<Session>>>,
    standing: Mutex<Standing>,
}

struct Standing {
    status: Status,
    /// Bounds an orderly end; set by a close.
    closing: Option<Instant>,
}

/// Keeps a client alive: it ends when the last handle is dropped. Dropping spawns
/// nothing; the client's own tasks see it and end.
pub(crate) struct Handle(Arc<Supervisor>);

impl Drop for Handle {
    fn drop(&mut self) {
        self.0.life.cancel();
    }
}

impl std::ops::Deref for Handle {
    type Target = Arc<Supervisor>;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl Supervisor {
    /// Makes a client and waits until it is connected. It tries until the deadline
    /// or until there is a reason that makes further attempts useless. When this is
    /// dropped, the client ends.
    pub(crate) async fn start(config: Config, timeout: Duration) -> Result<Arc<Handle>, Fault> {
        let supervisor = Arc::new(Self {
            outbox: Arc::new(Outbox::new(config.outbox)),
            config,
            registry: Arc::default(),
            dispatcher: Arc::default(),
            notifier: Notifier::start(),
            life: CancellationToken::new(),
            connected: CancellationToken::new(),
            done: CancellationToken::new(),
            closed: Fault::new(Reason::Closed, "the client has been closed"),
            changed: Notify::new(),
            limits: RwLock::default(),
            current: RwLock::new(None),
            standing: Mutex::new(Standing { status: Status::new(State::Connecting, None), closing: None }),
        });
        let handle = Arc::new(Handle(supervisor.clone()));
        tokio::spawn(Runner::new(supervisor.clone()).run());
        tokio::select! {
            biased;
            () = supervisor.connected.cancelled() => Ok(handle),
            () = supervisor.done.cancelled() => Err(supervisor.cause()),
            () = tokio::time::sleep(timeout) => {
                let last_failure = supervisor.standing.lock().status.fault();
                drop(handle);
                supervisor.done.cancelled().await;
                Err(not_connected(timeout, last_failure))
            }
        }
    }

    /// Why the client has ended.
    fn cause(&self) -> Fault {
        let cause = self.standing.lock().status.fault();
        cause.unwrap_or_else(|| self.closed.clone())
    }

    /// Waits until the client is CLOSED and nothing of it runs any more.
    pub(crate) async fn done(&self) {
        self.done.cancelled().await;
    }

    /// The round-trip time that was measured last.
    pub(crate) fn rtt(&self) -> Option<Duration> {
        self.current.read().as_ref()?.rtt()
    }
}

/// The fault of a caller who waited for a connection in vain.
fn not_connected(timeout: Duration, last_failure: Option<Fault>) -> Fault {
    match last_failure {
        None => Fault::timed_out("there was no answer yet from the server, waiting for it", timeout),
        Some(failure) => failure.prefixed(format!("no connection within {timeout:?}; the last attempt")),
    }
}

/// The task that keeps a session until the client ends.
struct Runner {
    supervisor: Arc<Supervisor>,
    backoff: Backoff,
    /// Cancelled when no session is being retired.
    retired: CancellationToken,
}

/// How long a session must have lived for earlier failures to be forgotten, so that
/// a server which drops every client at once is not stormed.
const STABLE_TIME: Duration = Duration::from_secs(10);

impl Runner {
    fn new(supervisor: Arc<Supervisor>) -> Self {
        let retired = CancellationToken::new();
        retired.cancel();
        Self { backoff: Backoff::new(supervisor.config.backoff), supervisor, retired }
    }

    async fn run(mut self) {
        self.supervisor.set_status(State::Connecting, None);
        let mut outcome = self.connect(None, true).await;
        let cause = loop {
            match outcome {
                Ok(current) => outcome = self.serve(current).await,
                Err(cause) => break cause,
            }
        };
        self.supervisor.shut(cause).await;
    }

    /// Looks after a session until another one takes its place, or until the client
    /// has to end.
    async fn serve(&mut self, current: Arc<Session>) -> Result<Arc<Session>, Fault> {
        let stable = tokio::time::sleep(STABLE_TIME);
        tokio::pin!(stable);
        let (mut is_stable, mut going) = (false, false);
        loop {
            tokio::select! {
                () = &mut stable, if !is_stable => {
                    is_stable = true;
                    self.backoff.reset();
                }
                () = current.go_away(), if !going => going = true,
                // One move after the other.
                () = self.retired.cancelled(), if going => return self.move_on(current).await,
                () = current.done() => return self.reconnect(&current).await,
                () = self.supervisor.life.cancelled() => {
                    current.close(self.supervisor.closing_time()).await;
                    return Err(self.supervisor.closed.clone());
                }
            }
        }
    }
}
