use prost::Message as _;

use super::Malformed;
use super::batch::Batch;
use super::payload::PayloadBlock;
use super::reader::{BYTES, Reader, tag_of};
use super::text::{LastText, TextTable};
use crate::generated::{SessionResponse, session_response};

/// The numbers of `SessionResponse`'s fields that carry an event.
const EVENTS: std::ops::RangeInclusive<u64> = 1..=7;
const DELIVERIES: u64 = tag_of(4, BYTES);

/// One frame from the server.
pub(crate) enum Event<'a> {
    Deliveries(&'a mut Batch),
    Other(session_response::Event),
    /// The frame carries only what a newer server invented.
    Nothing,
}

/// Reads the frames of one connection.
#[derive(Default)]
pub(crate) struct Decoder {
    pub(super) batch: Batch,
    pub(super) tenants: LastText,
    pub(super) channels: TextTable,
    pub(super) payloads: PayloadBlock,
}

impl Decoder {
    /// Reads one encoded `SessionResponse`.
    pub(crate) fn decode(&mut self, frame: &[u8]) -> Result<Event<'_>, Malformed> {
        self.batch.clear();
        if only_deliveries(frame)? {
            self.decode_deliveries(frame)?;
            return Ok(Event::Deliveries(&mut self.batch));
        }
        let response = SessionResponse::decode(frame).map_err(|_| Malformed)?;
        match response.event {
            // They stood in one frame with another event, of which the last counts.
            Some(session_response::Event::Deliveries(deliveries)) => {
                self.read_deliveries(&deliveries.encode_to_vec())?;
                Ok(Event::Deliveries(&mut self.batch))
            }
            Some(event) => Ok(Event::Other(event)),
            None => Ok(Event::Nothing),
        }
    }

    fn decode_deliveries(&mut self, frame: &[u8]) -> Result<(), Malformed> {
        let mut reader = Reader(frame);
        while !reader.is_empty() {
            match reader.tag()? {
                DELIVERIES => self.read_deliveries(reader.bytes()?)?,
                unknown => reader.skip(unknown)?,
            }
        }
        Ok(())
    }
}

/// Whether every event field of the frame is deliveries, and there is one.
fn only_deliveries(frame: &[u8]) -> Result<bool, Malformed> {
    let mut reader = Reader(frame);
    let mut found = false;
    while !reader.is_empty() {
        let tag = reader.tag()?;
        reader.skip(tag)?;
        if tag == DELIVERIES {
            found = true;
        } else if EVENTS.contains(&(tag >> 3)) {
            return Ok(false);
        }
    }
    Ok(found)
}
