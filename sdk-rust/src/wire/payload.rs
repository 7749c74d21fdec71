use bytes::{Bytes, BytesMut};

/// How many bytes of payloads share one allocation, at most: what an application
/// pins that keeps one small payload of a big frame.
const BLOCK_BYTES: usize = 4096;
/// From how many bytes on a payload gets an allocation of its own.
const OWN_BYTES: usize = 1024;

/// Copies payloads out of a frame, many into one allocation. A block is never longer
/// than what the frame can still fill, so that a message that comes alone shares its
/// memory with nothing.
#[derive(Default)]
pub(super) struct PayloadBlock {
    free: BytesMut,
}

impl PayloadBlock {
    /// Copies a payload. `remaining` is how many bytes of payloads the frame can
    /// still hold, this one included.
    pub(super) fn copy(&mut self, payload: &[u8], remaining: usize) -> Bytes {
        if payload.len() >= OWN_BYTES {
            return Bytes::copy_from_slice(payload);
        }
        if payload.len() > self.free.capacity() {
            self.free = BytesMut::with_capacity(BLOCK_BYTES.min(remaining));
        }
        self.free.extend_from_slice(payload);
        self.free.split().freeze()
    }

    /// Ends a frame.
    pub(super) fn reset(&mut self) {
        self.free = BytesMut::new();
    }
}
