use std::fmt;

use crate::error::Error;
use crate::fault::Fault;

/// Where a client is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum State {
    /// There has not been a connection yet.
    Connecting,
    /// There is a connection, and everything is subscribed.
    Connected,
    /// The connection was lost, and the client makes a new one. What is published
    /// meanwhile does not reach it.
    Reconnecting,
    /// The client has ended.
    Closed,
}

impl fmt::Display for State {
    /// `CONNECTING`, `CONNECTED`, `RECONNECTING` or `CLOSED`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Connecting => "CONNECTING",
            Self::Connected => "CONNECTED",
            Self::Reconnecting => "RECONNECTING",
            Self::Closed => "CLOSED",
        })
    }
}

/// A state with its cause.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Status {
    /// The state.
    pub state: State,
    /// Why the connection was lost, why an attempt failed, or why the client has
    /// ended. There is none when nothing is wrong, also when the application itself
    /// has closed the client.
    pub cause: Option<Error>,
}

impl Status {
    pub(crate) fn new(state: State, cause: Option<Fault>) -> Self {
        Self { state, cause: cause.map(Error::from) }
    }

    pub(crate) fn fault(&self) -> Option<Fault> {
        self.cause.as_ref().map(|cause| cause.fault().clone())
    }
}
