use std::sync::Arc;

use bytes::{Bytes, BytesMut};

use super::queue::{Entry, Publish};
use super::{Command, Consumer, Outbox, State, Ticket};
use crate::fault::Fault;
use crate::reason::Reason;
use crate::wire::{PUBLISH_OVERHEAD, publish_header};

/// Up to how many bytes of publishes share a frame, if the server's limit allows it:
/// enough to make the cost of a write small, short enough to keep the outbox locked
/// only briefly.
const FRAME_BYTES: usize = 128 << 10;

/// What a consumer sends next: one frame of publishes, or one command. The consumer
/// reuses it.
#[derive(Default)]
pub(crate) struct Batch {
    /// An encoded `SessionRequest`; empty when there is none to send.
    pub(crate) frame: Bytes,
    /// The publishes in the frame that the server will answer, with their ids.
    pub(crate) acks: Vec<(u64, Arc<Ticket>)>,
    /// They are completed when the transport has taken the frame.
    pub(crate) handed: Vec<Arc<Ticket>>,
    /// How many publishes in the frame the server will not answer.
    pub(crate) unacknowledged: usize,
    /// How many publishes nobody waits for are gone because this connection's frames
    /// are too short for them.
    pub(crate) too_large: usize,
    pub(crate) command: Option<Command>,
    buffer: BytesMut,
}

impl Batch {
    fn reset(&mut self) {
        self.frame = Bytes::new();
        self.acks.clear();
        self.handed.clear();
        (self.unacknowledged, self.too_large) = (0, 0);
        self.command = None;
        self.buffer.clear();
        self.buffer.extend_from_slice(&[0; PUBLISH_OVERHEAD]);
    }

    fn publishes(&self) -> usize {
        self.acks.len() + self.unacknowledged
    }

    fn size(&self) -> usize {
        self.buffer.len() - PUBLISH_OVERHEAD
    }

    /// Whether a further publish belongs into this frame. What is too long for any
    /// frame belongs nowhere and does not end a frame.
    fn fits(&self, size: usize, max_frame: usize) -> bool {
        let room = max_frame.min(FRAME_BYTES).saturating_sub(PUBLISH_OVERHEAD);
        self.publishes() == 0 || self.size() + size <= room || is_too_large(size, max_frame)
    }

    /// Writes the frame's header in front of the messages, if there are any.
    fn seal(&mut self) -> bool {
        if self.publishes() == 0 {
            return self.too_large > 0;
        }
        let (header, unused) = publish_header(self.size());
        self.buffer[..PUBLISH_OVERHEAD].copy_from_slice(&header);
        self.frame = self.buffer.split().freeze().slice(unused..);
        true
    }
}

fn is_too_large(size: usize, max_frame: usize) -> bool {
    size > max_frame.saturating_sub(PUBLISH_OVERHEAD)
}

impl Outbox {
    /// Moves what is at the head of the queue into the batch: as many publishes as
    /// fit into a frame, or one command. It is false when there is nothing, or when
    /// this is not the consumer (any more).
    pub(crate) fn take(&self, consumer: &Consumer, max_frame: usize, into: &mut Batch) -> bool {
        into.reset();
        let mut state = self.state.lock();
        if !state.consumer.as_ref().is_some_and(|current| current.is(consumer)) {
            return false;
        }
        let taken = state.take(max_frame, into);
        drop(state);
        if taken {
            self.room.notify_waiters();
        }
        taken
    }
}

impl State {
    fn take(&mut self, max_frame: usize, into: &mut Batch) -> bool {
        loop {
            match self.queue.front() {
                None => break,
                Some(Entry::Command(_)) if into.publishes() > 0 => break,
                Some(Entry::Command(_)) => {
                    if let Some(Entry::Command(command)) = self.queue.pop() {
                        into.command = Some(command);
                    }
                    return true;
                }
                Some(Entry::Publish(publish)) if publish.is_withdrawn() => {
                    self.queue.pop();
                }
                Some(Entry::Publish(publish)) if !into.fits(publish.size, max_frame) => break,
                Some(Entry::Publish(publish)) => {
                    if !is_too_large(publish.size, max_frame) {
                        into.buffer.extend_from_slice(self.queue.front_bytes(publish));
                    }
                    if let Some(Entry::Publish(publish)) = self.queue.pop() {
                        self.take_publish(publish, max_frame, into);
                    }
                }
            }
        }
        into.seal()
    }

    /// Moves one publish into the batch, or refuses it when it is too long for any
    /// frame.
    fn take_publish(&mut self, publish: Publish, max_frame: usize, into: &mut Batch) {
        let too_large = is_too_large(publish.size, max_frame);
        let wants_ack = publish.wants_ack();
        self.bytes -= publish.size;
        if !wants_ack || too_large {
            self.messages -= 1;
        }
        if let Some(ticket) = &publish.ticket {
            ticket.mark_sent();
        }
        match publish.ticket {
            Some(ticket) if too_large => {
                ticket.receipt.complete(Err(too_large_for(publish.size, max_frame)));
            }
            None if too_large => into.too_large += 1,
            Some(ticket) if wants_ack => into.acks.push((publish.id, ticket)),
            ticket => {
                into.unacknowledged += 1;
                into.handed.extend(ticket);
            }
        }
    }
}

fn too_large_for(size: usize, max_frame: usize) -> Fault {
    Fault::new(
        Reason::PayloadTooLarge,
        format!("the message takes {size} bytes; a frame of this server may have {max_frame}"),
    )
}
