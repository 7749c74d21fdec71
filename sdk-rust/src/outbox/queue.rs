use std::collections::VecDeque;
use std::sync::Arc;

use bytes::{Buf, BytesMut};

use super::{Command, Ticket};
use crate::wire::{Outgoing, append_message};

/// One thing to send.
pub(super) enum Entry {
    Command(Command),
    Publish(Publish),
}

/// One message to send; its encoding is in the queue's memory.
pub(super) struct Publish {
    /// 0: no acknowledgement is wanted.
    pub(super) id: u64,
    /// Encoded bytes.
    pub(super) size: usize,
    /// None: nobody waits.
    pub(super) ticket: Option<Arc<Ticket>>,
}

impl Publish {
    pub(super) fn wants_ack(&self) -> bool {
        self.id != 0
    }

    /// Whether the caller has given the publish up.
    pub(super) fn is_withdrawn(&self) -> bool {
        self.ticket.as_ref().is_some_and(|ticket| ticket.receipt.is_complete())
    }
}

/// Up to how many slots and bytes an emptied queue keeps for later.
const SLOTS_KEPT: usize = 4096;
const BYTES_KEPT: usize = 256 << 10;

/// First in, first out.
#[derive(Default)]
pub(super) struct Queue {
    entries: VecDeque<Entry>,
    /// The encodings of the publishes, in their order.
    encoded: BytesMut,
}

impl Queue {
    pub(super) fn push(&mut self, entry: Entry) {
        self.entries.push_back(entry);
    }

    pub(super) fn encode(&mut self, request_id: u64, message: &Outgoing<'_>) -> usize {
        append_message(&mut self.encoded, request_id, message)
    }

    pub(super) fn front(&self) -> Option<&Entry> {
        self.entries.front()
    }

    /// The encoding of the publish at the front.
    pub(super) fn front_bytes(&self, publish: &Publish) -> &[u8] {
        &self.encoded[..publish.size]
    }

    pub(super) fn pop(&mut self) -> Option<Entry> {
        let entry = self.entries.pop_front()?;
        if let Entry::Publish(publish) = &entry {
            self.encoded.advance(publish.size);
        }
        if self.entries.is_empty() {
            self.shrink();
        }
        Some(entry)
    }

    fn shrink(&mut self) {
        if self.entries.capacity() > SLOTS_KEPT {
            self.entries = VecDeque::new();
        }
        if self.encoded.capacity() > BYTES_KEPT {
            self.encoded = BytesMut::new();
        }
    }
}
