use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tokio_util::task::TaskTracker;

use crate::backoff::Policy;
use crate::client::Client;
use crate::credential::Source;
use crate::error::Error;
use crate::fault::Fault;
use crate::inbox;
use crate::outbox;
use crate::reason::Reason;
use crate::secret::Secret;
use crate::state::Status;
use crate::supervisor::{self, ErrorHandler, StatusHandler, Supervisor};
use crate::token_source::TokenSource;
use crate::transport::{self, Security};

const DEFAULT_CONNECT_TIMEOUT: Duration = Duration::from_secs(30);
const DEFAULT_ATTEMPT_TIMEOUT: Duration = Duration::from_secs(15);
const DEFAULT_CALL_TIMEOUT: Duration = Duration::from_secs(30);
const DEFAULT_MESSAGES: usize = 65536;
const DEFAULT_BYTES: usize = 8 << 20;

/// Settings of a [`Client`]; [`Client::builder`] makes one. A wrong setting is an
/// error of [`connect`](Self::connect), which names each.
#[must_use = "a builder does nothing until `connect` is called"]
pub struct ClientBuilder {
    address: String,
    token: Option<Secret>,
    source: Option<Arc<dyn TokenSource>>,
    security: Security,
    backoff: Policy,
    connect_timeout: Duration,
    attempt_timeout: Duration,
    call_timeout: Duration,
    publish_buffer: outbox::Limits,
    subscription_buffer: inbox::Limits,
    on_status: Option<StatusHandler>,
    on_error: Option<ErrorHandler>,
    problems: Vec<String>,
}

impl ClientBuilder {
    pub(crate) fn new(address: String) -> Self {
        Self {
            address,
            token: None,
            source: None,
            security: Security::default(),
            backoff: Policy::default(),
            connect_timeout: DEFAULT_CONNECT_TIMEOUT,
            attempt_timeout: DEFAULT_ATTEMPT_TIMEOUT,
            call_timeout: DEFAULT_CALL_TIMEOUT,
            publish_buffer: outbox::Limits { messages: DEFAULT_MESSAGES, bytes: DEFAULT_BYTES },
            subscription_buffer: inbox::Limits { messages: DEFAULT_MESSAGES, bytes: DEFAULT_BYTES },
            on_status: None,
            on_error: None,
            problems: Vec::new(),
        }
    }

    /// Sets an access token that stays the same. When it expires the client ends; see
    /// [`token_source`](Self::token_source).
    pub fn token(mut self, token: impl Into<String>) -> Self {
        self.token = Some(Secret::new(token.into()));
        self
    }

    /// Sets where access tokens come from. The source is asked before every attempt to
    /// connect and shortly before the token in use expires; the fresh token replaces
    /// the old one without reconnecting.
    pub fn token_source(mut self, source: impl TokenSource) -> Self {
        self.source = Some(Arc::new(source));
        self
    }

    /// Trusts the certificate authorities of a PEM text instead of those of the
    /// system.
    pub fn ca(mut self, pem: impl AsRef<[u8]>) -> Self {
        let set = self.security.set_roots(pem.as_ref());
        self.note("ca", set)
    }

    /// Shows the server a certificate of the client: its chain and its private key,
    /// both as PEM texts.
    pub fn client_certificate(mut self, chain: impl AsRef<[u8]>, key: impl AsRef<[u8]>) -> Self {
        let set = self.security.set_identity(chain.as_ref(), key.as_ref());
        self.note("client_certificate", set)
    }

    /// Accepts whatever certificate the server shows: anybody in between can read and
    /// change everything, the access token included. For tests only.
    pub fn insecure_skip_verify(mut self) -> Self {
        self.security.set_insecure();
        self
    }

    /// How long to wait between attempts to connect: at random between 0 and a ceiling
    /// that starts with the shortest and doubles with each failure up to the longest.
    /// Default: 100 ms and 30 s.
    pub fn backoff(mut self, shortest: Duration, longest: Duration) -> Self {
        self.backoff = Policy { min: shortest, max: longest };
        let valid = !shortest.is_zero() && shortest <= longest;
        self.require(valid, || format!("backoff: {shortest:?} and {longest:?} are not a range of positive times"))
    }

    /// How long [`connect`](Self::connect) tries. Default: 30 s.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
        self.require_positive("connect_timeout", timeout)
    }

    /// Bounds a single attempt to connect, from asking for the token to the server's
    /// welcome. Default: 15 s.
    pub fn attempt_timeout(mut self, timeout: Duration) -> Self {
        self.attempt_timeout = timeout;
        self.require_positive("attempt_timeout", timeout)
    }

    /// Bounds each call of the client that does not say otherwise, the time that it
    /// waits for a connection included. Default: 30 s.
    pub fn call_timeout(mut self, timeout: Duration) -> Self {
        self.call_timeout = timeout;
        self.require_positive("call_timeout", timeout)
    }

    /// Bounds how many messages, and how many encoded bytes, wait to be sent or
    /// acknowledged. Default: 65536 messages and 8 MiB.
    pub fn publish_buffer(mut self, messages: usize, bytes: usize) -> Self {
        self.publish_buffer = outbox::Limits { messages, bytes };
        self.require_room("publish_buffer", messages, bytes)
    }

    /// Bounds the buffer of each subscription that has no bounds of its own: when it
    /// holds more messages, or more bytes of payloads, the oldest go, and the reader
    /// gets a [`Lagged`](crate::Lagged). Default: 65536 messages and 8 MiB.
    pub fn subscription_buffer(mut self, messages: usize, bytes: usize) -> Self {
        self.subscription_buffer = inbox::Limits { messages, bytes };
        self.require_room("subscription_buffer", messages, bytes)
    }

    /// Sets a function that is told every change of the client's state, in order, one
    /// at a time. It holds up nothing but other handlers, and must not block the
    /// thread for long.
    pub fn on_status(mut self, handler: impl Fn(Status) + Send + Sync + 'static) -> Self {
        self.on_status = Some(Box::new(handler));
        self
    }

    /// Sets a function that is told what no call returns: refused publishes without
    /// acknowledgement, and tokens that could not be renewed. It is called in order,
    /// one at a time, and must not block the thread for long. Default: they are logged.
    pub fn on_error(mut self, handler: impl Fn(Error) + Send + Sync + 'static) -> Self {
        self.on_error = Some(Box::new(handler));
        self
    }

    /// Connects, and returns when the server has welcomed the client.
    ///
    /// A server that cannot be reached is tried again, with back-off, until the
    /// [`connect_timeout`](Self::connect_timeout) has passed; the error then tells of
    /// the last attempt. A reason that another attempt does not mend (a wrong token, a
    /// certificate that does not verify, a wrong setting) ends this at once. When the
    /// future is dropped, the attempt is given up.
    ///
    /// # Errors
    ///
    /// The reason of the server, [`Reason::Unreachable`], [`Reason::RequestInvalid`]
    /// for wrong settings, or [`Reason::TokenSourceFailed`].
    ///
    /// # Panics
    ///
    /// When it runs outside a tokio runtime with time and I/O.
    pub async fn connect(self) -> Result<Client, Error> {
        let problems = self.problems();
        if !problems.is_empty() {
            return Err(Fault::new(Reason::RequestInvalid, problems.join("; ")).into());
        }
        let tracker = TaskTracker::new();
        let config = supervisor::Config {
            dialer: transport::dialer(&self.address, self.security, &tracker)?,
            source: match self.source {
                Some(source) => Source::Renewable(source),
                None => Source::Fixed(self.token.unwrap_or_else(|| Secret::new(""))),
            },
            backoff: self.backoff,
            attempt_timeout: self.attempt_timeout,
            outbox: self.publish_buffer,
            on_status: self.on_status,
            on_error: self.on_error,
            tracker,
        };
        let handle = Supervisor::start(config, self.connect_timeout).await?;
        Ok(Client::new(handle, self.subscription_buffer, self.call_timeout))
    }

    fn problems(&self) -> Vec<String> {
        let mut problems = self.problems.clone();
        if self.token.is_some() && self.source.is_some() {
            problems.push("token and token_source exclude each other".into());
        }
        problems
    }

    fn note(self, setting: &str, outcome: Result<(), Fault>) -> Self {
        match outcome {
            Ok(()) => self,
            Err(problem) => self.require(false, || format!("{setting}: {}", problem.text())),
        }
    }

    fn require(mut self, valid: bool, problem: impl FnOnce() -> String) -> Self {
        if !valid {
            self.problems.push(problem());
        }
        self
    }

    fn require_positive(self, setting: &str, time: Duration) -> Self {
        self.require(!time.is_zero(), || format!("{setting}: a positive time is needed"))
    }

    fn require_room(self, setting: &str, messages: usize, bytes: usize) -> Self {
        self.require(messages > 0 && bytes > 0, || {
            format!("{setting}: {messages} messages and {bytes} bytes are not both positive")
        })
    }
}

impl fmt::Debug for ClientBuilder {
    /// Never shows a secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder")
            .field("token", &self.token)
            .field("token_source", &self.source.is_some())
            .field("security", &self.security)
            .field("backoff", &self.backoff)
            .field("connect_timeout", &self.connect_timeout)
            .field("attempt_timeout", &self.attempt_timeout)
            .field("call_timeout", &self.call_timeout)
            .field("publish_buffer", &self.publish_buffer)
            .field("subscription_buffer", &self.subscription_buffer)
            .finish_non_exhaustive()
    }
}
