use super::Malformed;

/// The wire types of protobuf that still exist.
const VARINT: u64 = 0;
const FIXED64: u64 = 1;
pub(super) const BYTES: u64 = 2;
const FIXED32: u64 = 5;
/// The most bytes that a varint of 64 bits takes.
const MAX_VARINT: usize = 10;

/// Reads protobuf values from the front of some bytes.
#[derive(Clone, Copy)]
pub(super) struct Reader<'a>(pub(super) &'a [u8]);

impl<'a> Reader<'a> {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn varint(&mut self) -> Result<u64, Malformed> {
        if let [byte @ 0..0x80, rest @ ..] = self.0 {
            self.0 = rest;
            return Ok(u64::from(*byte));
        }
        let mut value = 0;
        for (at, byte) in self.0.iter().take(MAX_VARINT).enumerate() {
            if at == MAX_VARINT - 1 && *byte > 1 {
                return Err(Malformed);
            }
            value |= u64::from(byte & 0x7f) << (7 * at);
            if *byte < 0x80 {
                self.0 = &self.0[at + 1..];
                return Ok(value);
            }
        }
        Err(Malformed)
    }

    /// Reads a tag, which must name a valid field.
    pub(super) fn tag(&mut self) -> Result<u64, Malformed> {
        let tag = self.varint()?;
        if tag >> 3 == 0 || tag > u64::from(u32::MAX) {
            return Err(Malformed);
        }
        Ok(tag)
    }

    pub(super) fn fixed64(&mut self) -> Result<u64, Malformed> {
        let (value, rest) = self.0.split_first_chunk().ok_or(Malformed)?;
        self.0 = rest;
        Ok(u64::from_le_bytes(*value))
    }

    pub(super) fn bytes(&mut self) -> Result<&'a [u8], Malformed> {
        let length = usize::try_from(self.varint()?).map_err(|_| Malformed)?;
        let (value, rest) = self.0.split_at_checked(length).ok_or(Malformed)?;
        self.0 = rest;
        Ok(value)
    }

    /// Goes beyond the value of a field. Groups do not occur in this protocol.
    pub(super) fn skip(&mut self, tag: u64) -> Result<(), Malformed> {
        match tag & 7 {
            VARINT => self.varint().map(drop),
            FIXED64 => self.fixed64().map(drop),
            BYTES => self.bytes().map(drop),
            FIXED32 => {
                self.0 = self.0.get(4..).ok_or(Malformed)?;
                Ok(())
            }
            _ => Err(Malformed),
        }
    }
}

/// The tag of a field.
pub(super) const fn tag_of(number: u64, kind: u64) -> u64 {
    number << 3 | kind
}

pub(super) const fn varint_tag(number: u64) -> u64 {
    tag_of(number, VARINT)
}

pub(super) const fn fixed64_tag(number: u64) -> u64 {
    tag_of(number, FIXED64)
}

pub(super) const fn bytes_tag(number: u64) -> u64 {
    tag_of(number, BYTES)
}
