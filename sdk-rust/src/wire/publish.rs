use bytes::{BufMut, BytesMut};
use prost::encoding::{encode_varint, encoded_len_varint};

use super::reader::{bytes_tag, varint_tag};

/// Of `PublishCommand.messages`, of the fields of `OutgoingMessage`, and of
/// `SessionRequest.publish`. Each takes one byte.
const MESSAGES: u64 = bytes_tag(1);
const REQUEST_ID: u64 = varint_tag(1);
const TENANT: u64 = bytes_tag(2);
const CHANNEL: u64 = bytes_tag(3);
const PAYLOAD: u64 = bytes_tag(4);
const MODE: u64 = varint_tag(5);
const PUBLISH: u64 = bytes_tag(3);

/// The most bytes that a `SessionRequest` takes beyond the messages in its publish
/// command: a tag and a length.
pub(crate) const PUBLISH_OVERHEAD: usize = 1 + 5;

/// One message to publish, its names already checked.
#[derive(Clone, Copy)]
pub(crate) struct Outgoing<'a> {
    pub(crate) tenant: &'a str,
    pub(crate) channel: &'a str,
    pub(crate) payload: &'a [u8],
    /// 0: the default.
    pub(crate) mode: u8,
}

impl Outgoing<'_> {
    /// How many bytes the message takes, without its own tag and length.
    fn size(&self, request_id: u64) -> usize {
        let field = |length: usize| 1 + encoded_len_varint(length as u64) + length;
        let mut size = field(self.tenant.len()) + field(self.channel.len());
        if request_id != 0 {
            size += 1 + encoded_len_varint(request_id);
        }
        if !self.payload.is_empty() {
            size += field(self.payload.len());
        }
        if self.mode != 0 {
            size += 2;
        }
        size
    }
}

/// Appends the message as one element of `PublishCommand.messages`, tag and length
/// included, and gives how many bytes that took. Request id 0: no acknowledgement is
/// wanted.
pub(crate) fn append_message(to: &mut BytesMut, request_id: u64, message: &Outgoing<'_>) -> usize {
    let before = to.len();
    let size = message.size(request_id);
    to.reserve(PUBLISH_OVERHEAD + size);
    encode_varint(MESSAGES, to);
    encode_varint(size as u64, to);
    if request_id != 0 {
        encode_varint(REQUEST_ID, to);
        encode_varint(request_id, to);
    }
    append_bytes(to, TENANT, message.tenant.as_bytes());
    append_bytes(to, CHANNEL, message.channel.as_bytes());
    if !message.payload.is_empty() {
        append_bytes(to, PAYLOAD, message.payload);
    }
    if message.mode != 0 {
        encode_varint(MODE, to);
        to.put_u8(message.mode);
    }
    to.len() - before
}

fn append_bytes(to: &mut BytesMut, tag: u64, bytes: &[u8]) {
    encode_varint(tag, to);
    encode_varint(bytes.len() as u64, to);
    to.put_slice(bytes);
}

/// What stands before the messages of a publish, which have `size` bytes in all: the
/// header in the last bytes, and how many bytes before it are not used.
pub(crate) fn publish_header(size: usize) -> ([u8; PUBLISH_OVERHEAD], usize) {
    let mut header = [0; PUBLISH_OVERHEAD];
    let unused = PUBLISH_OVERHEAD - 1 - encoded_len_varint(size as u64);
    let mut rest = &mut header[unused..];
    encode_varint(PUBLISH, &mut rest);
    encode_varint(size as u64, &mut rest);
    (header, unused)
}
