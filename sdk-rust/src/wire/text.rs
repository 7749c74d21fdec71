use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;

use super::Malformed;

fn text_of(bytes: &[u8]) -> Result<Arc<str>, Malformed> {
    str::from_utf8(bytes).map(Arc::from).map_err(|_| Malformed)
}

/// Keeps the text that came last. Most connections see one tenant.
#[derive(Default)]
pub(super) struct LastText(Option<Arc<str>>);

impl LastText {
    /// The text of the bytes, without an allocation when it is the one that came
    /// last.
    pub(super) fn get(&mut self, bytes: &[u8]) -> Result<Arc<str>, Malformed> {
        if let Some(last) = self.0.as_ref().filter(|last| last.as_bytes() == bytes) {
            return Ok(last.clone());
        }
        let text = text_of(bytes)?;
        self.0 = Some(text.clone());
        Ok(text)
    }
}

/// How many channels a connection remembers; a power of two.
const TEXT_SLOTS: usize = 1024;

/// Keeps one text for each hash slot: a bounded memory of the channels that come
/// again and again. A channel that is not in it costs one allocation.
pub(super) struct TextTable {
    last: LastText,
    seed: RandomState,
    slots: Vec<Option<Arc<str>>>,
}

impl Default for TextTable {
    fn default() -> Self {
        Self { last: LastText::default(), seed: RandomState::new(), slots: vec![None; TEXT_SLOTS] }
    }
}

impl TextTable {
    /// The text of the bytes, without an allocation when the table has it.
    pub(super) fn get(&mut self, bytes: &[u8]) -> Result<Arc<str>, Malformed> {
        if let Some(last) = self.last.0.as_ref().filter(|last| last.as_bytes() == bytes) {
            return Ok(last.clone());
        }
        let hash = self.seed.hash_one(bytes);
        let slot = &mut self.slots[usize::try_from(hash % TEXT_SLOTS as u64).unwrap_or_default()];
        let text = match slot {
            Some(text) if text.as_bytes() == bytes => text.clone(),
            _ => slot.insert(text_of(bytes)?).clone(),
        };
        self.last.0 = Some(text.clone());
        Ok(text)
    }
}
