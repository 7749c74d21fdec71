use super::Malformed;
use super::decoder::Decoder;
use super::reader::{Reader, bytes_tag, fixed64_tag, varint_tag};
use crate::message::{Message, MessageId};

/// Of `Deliveries.messages` and of the fields of `Delivery`.
const MESSAGES: u64 = bytes_tag(1);
const ID_ORIGIN: u64 = fixed64_tag(1);
const ID_SEQUENCE: u64 = fixed64_tag(2);
const PUBLISHED_AT: u64 = fixed64_tag(3);
const TENANT: u64 = bytes_tag(4);
const CHANNEL: u64 = bytes_tag(5);
const PAYLOAD: u64 = bytes_tag(6);
const PACKED_HANDLES: u64 = bytes_tag(7);
const HANDLE: u64 = varint_tag(7);

impl Decoder {
    /// Appends the messages of one encoded `Deliveries` to the batch.
    pub(super) fn read_deliveries(&mut self, deliveries: &[u8]) -> Result<(), Malformed> {
        let mut reader = Reader(deliveries);
        let mut outcome = Ok(());
        while outcome.is_ok() && !reader.is_empty() {
            outcome = self.read_element(&mut reader);
        }
        self.payloads.reset();
        outcome
    }

    fn read_element(&mut self, reader: &mut Reader<'_>) -> Result<(), Malformed> {
        let remaining = reader.0.len();
        match reader.tag()? {
            MESSAGES => self.read_delivery(reader.bytes()?, remaining),
            unknown => reader.skip(unknown),
        }
    }

    /// Appends one encoded `Delivery` to the batch. `remaining` is an upper bound for
    /// the payload bytes that this frame still has.
    fn read_delivery(&mut self, delivery: &[u8], remaining: usize) -> Result<(), Malformed> {
        let mut reader = Reader(delivery);
        let (mut id, mut published_at) = (MessageId::default(), 0);
        let (mut tenant, mut channel, mut payload): (&[u8], &[u8], &[u8]) = (&[], &[], &[]);
        while !reader.is_empty() {
            match reader.tag()? {
                ID_ORIGIN => id.origin = reader.fixed64()?,
                ID_SEQUENCE => id.sequence = reader.fixed64()?,
                PUBLISHED_AT => published_at = reader.fixed64()?,
                TENANT => tenant = reader.bytes()?,
                CHANNEL => channel = reader.bytes()?,
                PAYLOAD => payload = reader.bytes()?,
                PACKED_HANDLES => self.read_handles(reader.bytes()?)?,
                HANDLE => self.batch.push_handle(reader.varint()?),
                unknown => reader.skip(unknown)?,
            }
        }
        let tenant = self.tenants.get(tenant)?;
        let channel = self.channels.get(channel)?;
        let payload = self.payloads.copy(payload, remaining);
        self.batch.push(Message { tenant, channel, payload, id, published_at });
        Ok(())
    }

    fn read_handles(&mut self, packed: &[u8]) -> Result<(), Malformed> {
        let mut reader = Reader(packed);
        while !reader.is_empty() {
            self.batch.push_handle(reader.varint()?);
        }
        Ok(())
    }
}
