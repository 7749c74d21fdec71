use std::fmt;
use std::future::{Future, IntoFuture};
use std::pin::Pin;
use std::time::Duration;

use crate::error::Error;
use crate::message::DeliveryMode;
use crate::supervisor::Handle;
use crate::wire::Outgoing;

/// A message to publish, made by [`Client::publish`](crate::Client::publish). Nothing
/// happens until it is awaited.
#[must_use = "nothing is published until this is awaited"]
pub struct Publish<'a> {
    handle: &'a Handle,
    message: Outgoing<'a>,
    ack: bool,
    timeout: Duration,
}

/// The future of a [`Publish`].
pub type PublishFuture<'a> = Pin<Box<dyn Future<Output = Result<(), Error>> + Send + 'a>>;

impl<'a> Publish<'a> {
    pub(crate) fn new(
        handle: &'a Handle,
        tenant: &'a str,
        channel: &'a str,
        payload: &'a [u8],
        timeout: Duration,
    ) -> Self {
        let message = Outgoing { tenant, channel, payload, mode: DeliveryMode::default().on_wire() };
        Self { handle, message, ack: true, timeout }
    }

    /// Chooses to whom the message goes. Default: [`DeliveryMode::Broadcast`].
    pub fn delivery_mode(mut self, mode: DeliveryMode) -> Self {
        self.message.mode = mode.on_wire();
        self
    }

    /// Publishes without an acknowledgement: the future completes when the message has
    /// been handed to the connection. A later refusal reaches the handler of
    /// [`ClientBuilder::on_error`](crate::ClientBuilder::on_error).
    pub fn unacknowledged(mut self) -> Self {
        self.ack = false;
        self
    }

    /// Bounds the waiting. Default:
    /// [`ClientBuilder::call_timeout`](crate::ClientBuilder::call_timeout).
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    async fn run(self) -> Result<(), Error> {
        Ok(self.handle.publish(self.message, self.ack, self.timeout).await?)
    }
}

impl<'a> IntoFuture for Publish<'a> {
    type Output = Result<(), Error>;
    type IntoFuture = PublishFuture<'a>;

    fn into_future(self) -> PublishFuture<'a> {
        Box::pin(self.run())
    }
}

impl fmt::Debug for Publish<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Publish")
            .field("tenant", &self.message.tenant)
            .field("channel", &self.message.channel)
            .field("payload_bytes", &self.message.payload.len())
            .field("acknowledged", &self.ack)
            .finish_non_exhaustive()
    }
}
