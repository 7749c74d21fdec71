use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use bytes::Bytes;

/// One received message. Cheap to clone.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Message {
    /// The tenant in which it was published.
    pub tenant: Arc<str>,
    /// The channel to which it was published.
    pub channel: Arc<str>,
    /// What was published. A small payload may share up to 4 KiB of memory with its
    /// neighbours; an application that keeps few of very many messages for long
    /// copies it.
    pub payload: Bytes,
    /// Names the message, unique across the cluster.
    pub id: MessageId,
    /// Nanoseconds since the Unix epoch, by the server's clock.
    pub(crate) published_at: u64,
}

impl Message {
    /// The time of publishing, by the server's clock.
    #[must_use]
    pub fn published_at(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_nanos(self.published_at)
    }
}

/// Names one published message. Compare it as a whole; no order follows from it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct MessageId {
    /// A random number that the accepting node drew when it started.
    pub origin: u64,
    /// A number that the accepting node gives out once.
    pub sequence: u64,
}

impl fmt::Display for MessageId {
    /// Both parts in hexadecimal.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}-{:016x}", self.origin, self.sequence)
    }
}

/// Stands between the messages of a subscription where some were lost. It does not
/// end the subscription.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Lagged {
    /// How many messages were lost.
    pub missed: u64,
    /// False when this subscription's own buffer was full because the application
    /// reads too slowly, and true when the server dropped messages because the
    /// whole client does: then `missed` counts messages of all its subscriptions.
    pub at_server: bool,
}

impl fmt::Display for Lagged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.at_server {
            return write!(f, "the server dropped {} messages of this client, which reads too slowly", self.missed);
        }
        write!(f, "lagged by {} messages: the subscription's buffer was full", self.missed)
    }
}

/// To whom a message goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DeliveryMode {
    /// To every client with a matching subscription.
    #[default]
    Broadcast,
    /// To exactly one of them, close to the publisher if there is one.
    OneLowLatency,
    /// To exactly one of them, chosen at random.
    OneRandom,
}

impl DeliveryMode {
    /// The number on the wire; 0, which is left away, for the default.
    pub(crate) fn on_wire(self) -> u8 {
        match self {
            Self::Broadcast => 0,
            Self::OneLowLatency => 2,
            Self::OneRandom => 3,
        }
    }
}
