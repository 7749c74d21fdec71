//! What a connection must be able to do for a session, and what the transports
//! share. A transport carries encoded frames and knows nothing of what is in them.

mod authorities;
mod client_certificate;
mod endpoint;
pub(crate) mod error_info;
#[cfg(feature = "grpc")]
pub(crate) mod grpc;
mod overhear;
mod proxy;
mod security;
mod socket;
mod unreachable;
#[cfg(feature = "websocket")]
pub(crate) mod websocket;

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_core::future::BoxFuture;
use tokio_util::task::TaskTracker;

pub(crate) use endpoint::{Endpoint, Kind};
#[cfg(feature = "grpc")]
pub(crate) use overhear::Opening;
pub(crate) use security::Security;
pub(crate) use socket::Connector;
#[cfg(feature = "websocket")]
pub(crate) use unreachable::wants_tls;

use crate::fault::Fault;
use crate::reason::Reason;
use crate::secret::Secret;

/// One live connection. Dropping both halves cuts it.
pub(crate) struct Connection {
    pub(crate) sender: Box<dyn Sender>,
    pub(crate) receiver: Box<dyn Receiver>,
}

/// The sending half. A fault has the catalogue's reason, wherever the peer or the
/// network has said one.
pub(crate) trait Sender: Send {
    /// Writes one encoded `SessionRequest`, whole.
    fn send(&mut self, frame: Bytes) -> BoxFuture<'_, Result<(), Fault>>;

    /// Tells the peer that the client has finished, after what has been sent. The
    /// receiver goes on until the peer has closed, too. It may take as long as the
    /// peer takes.
    fn close(&mut self) -> BoxFuture<'_, ()>;
}

/// The receiving half.
pub(crate) trait Receiver: Send {
    /// The next encoded `SessionResponse`; without an allocation for the waiting, which
    /// is done for each frame. After a fault there is nothing more; the fault says why
    /// the connection ended.
    fn poll_receive(&mut self, cx: &mut Context<'_>) -> Poll<Result<Bytes, Fault>>;
}

/// Makes connections to one server address.
pub(crate) trait Dialer: Send + Sync {
    /// Connects and presents the token. A refusal that comes before the session
    /// starts is a fault here, or of the first `receive`. Dropping the future gives
    /// the attempt up.
    fn dial<'a>(&'a self, token: &'a Secret) -> BoxFuture<'a, Result<Connection, Fault>>;

    /// The server's address, for people.
    fn address(&self) -> &str;
}

/// A dialer for an address. What it spawns is tracked, and ends with the connection.
pub(crate) fn dialer(address: &str, security: Security, tracker: &TaskTracker) -> Result<Box<dyn Dialer>, Fault> {
    let endpoint = Endpoint::parse(address)?;
    security.check(endpoint.secure)?;
    match endpoint.kind {
        #[cfg(feature = "websocket")]
        Kind::WebSocket => Ok(Box::new(websocket::Dialer::new(endpoint, security))),
        #[cfg(feature = "grpc")]
        Kind::Grpc => Ok(Box::new(grpc::Dialer::new(endpoint, security, tracker.clone()))),
        #[allow(unreachable_patterns, reason = "which kinds are built in is a choice of features")]
        kind => {
            let _ = tracker;
            Err(not_built_in(kind))
        }
    }
}

/// The fault of an address whose transport was not compiled in.
pub(crate) fn not_built_in(kind: Kind) -> Fault {
    let feature = match kind {
        Kind::WebSocket | Kind::Http => "websocket",
        Kind::Grpc => "grpc",
    };
    Fault::new(
        Reason::RequestInvalid,
        format!("this address needs the feature {feature:?} of the crate fastpubsub, which is not enabled"),
    )
}

/// Runs an exchange over an HTTP connection together with the connection itself,
/// which ends no later.
pub(crate) async fn drive<T>(exchange: impl Future<Output = T>, connection: impl Future) -> T {
    let (mut exchange, mut connection) = (pin!(exchange), pin!(connection));
    tokio::select! {
        biased;
        outcome = &mut exchange => outcome,
        _ = &mut connection => exchange.await,
    }
}
