//! Turns frames of the session protocol into values and back. Deliveries, the
//! frames that come by the million, are read by hand straight from the bytes;
//! everything else goes through the generated types.

mod batch;
mod command;
mod decoder;
mod deliveries;
mod payload;
mod publish;
mod reader;
#[cfg(test)]
mod tests;
mod text;
#[cfg(test)]
mod transcripts;

pub(crate) use batch::Batch;
pub(crate) use command::{authenticate, ping, subscribe, unsubscribe};
pub(crate) use decoder::{Decoder, Event};
pub(crate) use publish::{Outgoing, PUBLISH_OVERHEAD, append_message, publish_header};

/// The frame is not a `SessionResponse`.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("the frame is not a SessionResponse")]
pub(crate) struct Malformed;
