use std::fmt;
use std::future::{Future, IntoFuture};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use crate::error::Error;
use crate::fault::Fault;
use crate::inbox;
use crate::reason::Reason;
use crate::subscription::Subscription;
use crate::supervisor::{self, Handle};

/// A subscription to make, of [`Client::subscribe`](crate::Client::subscribe). Nothing
/// happens until it is awaited.
#[must_use = "nothing is subscribed to until this is awaited"]
pub struct Subscribe<'a> {
    handle: &'a Arc<Handle>,
    tenant: &'a str,
    pattern: &'a str,
    buffer: inbox::Limits,
    timeout: Duration,
}

/// The future of a [`Subscribe`].
pub type SubscribeFuture<'a> = Pin<Box<dyn Future<Output = Result<Subscription, Error>> + Send + 'a>>;

impl<'a> Subscribe<'a> {
    pub(crate) fn new(
        handle: &'a Arc<Handle>,
        tenant: &'a str,
        pattern: &'a str,
        buffer: inbox::Limits,
        timeout: Duration,
    ) -> Self {
        Self { handle, tenant, pattern, buffer, timeout }
    }

    /// Bounds the subscription's buffer: when it holds more messages, or more bytes of
    /// payloads, the oldest go, and the reader gets a [`Lagged`](crate::Lagged). Default:
    /// [`ClientBuilder::subscription_buffer`](crate::ClientBuilder::subscription_buffer).
    pub fn buffer(mut self, messages: usize, bytes: usize) -> Self {
        self.buffer = inbox::Limits { messages, bytes };
        self
    }

    /// Bounds the waiting. Default:
    /// [`ClientBuilder::call_timeout`](crate::ClientBuilder::call_timeout).
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    async fn run(self) -> Result<Subscription, Error> {
        let inbox::Limits { messages, bytes } = self.buffer;
        if messages == 0 || bytes == 0 {
            let text = format!("buffer: {messages} messages and {bytes} bytes are not both positive");
            return Err(Fault::new(Reason::RequestInvalid, text).into());
        }
        let opening = supervisor::Subscription::open(self.handle, self.tenant, self.pattern, self.buffer, self.timeout);
        Ok(Subscription::new(opening.await?, self.timeout))
    }
}

impl<'a> IntoFuture for Subscribe<'a> {
    type Output = Result<Subscription, Error>;
    type IntoFuture = SubscribeFuture<'a>;

    fn into_future(self) -> SubscribeFuture<'a> {
        Box::pin(self.run())
    }
}

impl fmt::Debug for Subscribe<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Subscribe")
            .field("tenant", &self.tenant)
            .field("pattern", &self.pattern)
            .finish_non_exhaustive()
    }
}
