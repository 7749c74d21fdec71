use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::builder::ClientBuilder;
use crate::deadline;
use crate::error::Error;
use crate::inbox;
use crate::publish::Publish;
use crate::state::Status;
use crate::subscribe::Subscribe;
use crate::supervisor::Handle;

/// How long [`Client::close`] waits.
const CLOSE_TIME: Duration = Duration::from_secs(10);

/// A connection to `FastPubSub` that looks after itself.
///
/// Make one with [`Client::builder`], clone it and share it: all clones are the same
/// client, and all methods take `&self`. It ends with [`Client::close`], or when the
/// last clone and the last [`Subscription`](crate::Subscription) are dropped, or when
/// the server refuses it for good.
///
/// ```no_run
/// # async fn run() -> Result<(), fastpubsub::Error> {
/// use fastpubsub::{Client, Event};
///
/// let client = Client::builder("ws://127.0.0.1:8080/ws").token("AT_…").connect().await?;
/// let mut orders = client.subscribe("my-tenant", "orders.#").await?;
/// client.publish("my-tenant", "orders.eu", b"hello").await?;
/// if let Some(Event::Message(message)) = orders.recv().await? {
///     println!("{}: {:?}", message.channel, message.payload);
/// }
/// client.close().await?;
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct Client {
    handle: Arc<Handle>,
    buffer: inbox::Limits,
    call_timeout: Duration,
}

impl Client {
    pub(crate) fn new(handle: Arc<Handle>, buffer: inbox::Limits, call_timeout: Duration) -> Self {
        Self { handle, buffer, call_timeout }
    }

    /// Starts to set a client up. The address starts with `ws://` or `wss://` for
    /// WebSocket, with `grpc://` or `grpcs://` for gRPC; the `s` stands for TLS.
    /// Without a port it means 80, 443, 9090 and 9090.
    pub fn builder(address: impl Into<String>) -> ClientBuilder {
        ClientBuilder::new(address.into())
    }

    /// Publishes a message; await the result. By default that completes when the
    /// server has acknowledged the message: then it is queued for every matching
    /// subscriber of that node and handed to the other nodes. An empty tenant means
    /// `~`.
    ///
    /// While there is no connection it waits for one, or fails with
    /// [`Reason::BufferFull`](crate::Reason::BufferFull) when too much is waiting
    /// already. When the connection breaks before the acknowledgement, it fails with
    /// [`Reason::ConnectionLost`](crate::Reason::ConnectionLost): whether the message
    /// was delivered is then unknown. When the future is dropped, a message that has
    /// not been sent yet never will be.
    ///
    /// Messages are queued, in order, when their futures are polled first. To have many
    /// in flight, poll many at once, for example in a `FuturesOrdered`.
    pub fn publish<'a>(
        &'a self,
        tenant: &'a str,
        channel: &'a str,
        payload: &'a (impl AsRef<[u8]> + ?Sized),
    ) -> Publish<'a> {
        Publish::new(&self.handle, tenant, channel, payload.as_ref(), self.call_timeout)
    }

    /// Subscribes to everything in a tenant that matches a pattern; await the result.
    /// That completes when the server has acknowledged it: from then on nothing is
    /// missed, read or not. An empty tenant means `~`. Several subscriptions may have
    /// the same pattern.
    ///
    /// The subscription outlives lost connections. It ends when it is dropped, with
    /// [`Subscription::unsubscribe`](crate::Subscription::unsubscribe) or
    /// [`Client::close`], or when the server does not allow it any more.
    pub fn subscribe<'a>(&'a self, tenant: &'a str, pattern: &'a str) -> Subscribe<'a> {
        Subscribe::new(&self.handle, tenant, pattern, self.buffer, self.call_timeout)
    }

    /// The state of the client now.
    #[must_use]
    pub fn status(&self) -> Status {
        self.handle.status()
    }

    /// Waits until the client is [`State::Closed`](crate::State::Closed) and nothing of
    /// it runs any more; the status has the cause.
    pub async fn closed(&self) -> Status {
        self.handle.done().await;
        self.handle.status()
    }

    /// The round-trip time to the server that was measured last. The client measures it
    /// when it has connected and then in the interval that the server asks for.
    #[must_use]
    pub fn rtt(&self) -> Option<Duration> {
        self.handle.rtt()
    }

    /// Measures the round-trip time now. It returns when the server has handled
    /// everything that this client did before, also publishes without acknowledgement.
    ///
    /// # Errors
    ///
    /// [`Reason::TimedOut`](crate::Reason::TimedOut),
    /// [`Reason::ConnectionLost`](crate::Reason::ConnectionLost), or why the client has
    /// ended.
    pub async fn ping(&self) -> Result<Duration, Error> {
        Ok(self.handle.ping(self.call_timeout).await?)
    }

    /// Ends the client. It waits until the server has handled what was published,
    /// closes the connection, and leaves no task behind. Streams of messages end
    /// without an error.
    ///
    /// It waits 10 seconds at most. When that is not enough it closes nevertheless,
    /// publishes that were not acknowledged fail, and the error says that not
    /// everything was flushed. Closing again does nothing.
    ///
    /// # Errors
    ///
    /// [`Reason::TimedOut`](crate::Reason::TimedOut) when not everything was flushed.
    pub async fn close(&self) -> Result<(), Error> {
        self.close_within(CLOSE_TIME).await
    }

    /// Like [`Client::close`], with another bound.
    ///
    /// # Errors
    ///
    /// [`Reason::TimedOut`](crate::Reason::TimedOut) when not everything was flushed.
    pub async fn close_within(&self, wait: Duration) -> Result<(), Error> {
        Ok(self.handle.close(deadline::after(wait)).await?)
    }
}

impl fmt::Debug for Client {
    /// Never shows a secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("status", &self.status()).finish_non_exhaustive()
    }
}
