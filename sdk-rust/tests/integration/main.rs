//! The client against a real server, over both transports.
//!
//! The server's binary is named by `FASTPUBSUB_SERVER_BINARY`; otherwise it is built
//! with the Go toolchain from the root of the repository. When neither works the tests
//! fail.

mod binary;
mod certificates;
mod closing;
mod delivery;
mod drain;
mod examples;
mod forwarder;
mod reconnecting;
mod refusals;
mod server;
mod tls;
mod tokens;
mod wrong_ports;

use std::future::Future;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use fastpubsub::{Error, Event, Message, Reason, State, Status, Subscription};

/// A transport of sessions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Transport {
    WebSocket,
    Grpc,
}

pub(crate) const BOTH: [Transport; 2] = [Transport::WebSocket, Transport::Grpc];

/// How long anything in these tests may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// Fails the test instead of letting it hang.
pub(crate) async fn within<T>(what: &str, work: impl Future<Output = T>) -> T {
    let outcome = tokio::time::timeout(PATIENCE, work).await;
    outcome.unwrap_or_else(|_| panic!("{what}: nothing happened within {PATIENCE:?}"))
}

/// The next message.
pub(crate) async fn next(subscription: &mut Subscription) -> Message {
    match within("a message", subscription.recv()).await {
        Ok(Some(Event::Message(message))) => message,
        other => panic!("not a message: {other:?}"),
    }
}

/// The next message's payload as text.
pub(crate) async fn text(subscription: &mut Subscription) -> String {
    String::from_utf8(next(subscription).await.payload.to_vec()).expect("the payload is a text")
}

/// The states of a client.
#[derive(Clone, Default)]
pub(crate) struct States(Arc<Mutex<Vec<State>>>);

impl States {
    /// A handler that keeps them.
    pub(crate) fn keep(&self) -> impl Fn(Status) + Send + Sync + 'static {
        let states = self.clone();
        move |status| states.0.lock().unwrap().push(status.state)
    }

    /// The client never was without a connection.
    pub(crate) fn assert_always_connected(&self) {
        assert_eq!(*self.0.lock().unwrap(), [State::Connecting, State::Connected]);
    }
}

/// The reason of a failure.
pub(crate) fn reason<T>(result: Result<T, Error>) -> Reason {
    match result {
        Ok(_) => panic!("it did not fail"),
        Err(error) => error.reason().clone(),
    }
}
