use crate::message::Message;

/// The deliveries of one frame, in order, each with the handles of the patterns
/// that matched. Its memory is reused for the next frame.
#[derive(Default)]
pub(crate) struct Batch {
    messages: Vec<Message>,
    /// Where the handles of each message end.
    ends: Vec<usize>,
    handles: Vec<u64>,
}

impl Batch {
    pub(super) fn clear(&mut self) {
        self.messages.clear();
        self.ends.clear();
        self.handles.clear();
    }

    pub(super) fn push_handle(&mut self, handle: u64) {
        self.handles.push(handle);
    }

    /// Adds a message, after its handles.
    pub(super) fn push(&mut self, message: Message) {
        self.messages.push(message);
        self.ends.push(self.handles.len());
    }

    /// Takes the messages out, each with its handles.
    pub(crate) fn drain(&mut self) -> Drain<'_> {
        Drain { messages: self.messages.drain(..), ends: self.ends.iter(), handles: &self.handles, start: 0 }
    }
}

/// The messages of a batch.
pub(crate) struct Drain<'a> {
    messages: std::vec::Drain<'a, Message>,
    ends: std::slice::Iter<'a, usize>,
    handles: &'a [u64],
    start: usize,
}

impl<'a> Drain<'a> {
    pub(crate) fn next(&mut self) -> Option<(Message, &'a [u64])> {
        let message = self.messages.next()?;
        let end = *self.ends.next()?;
        let handles = &self.handles[self.start..end];
        self.start = end;
        Some((message, handles))
    }
}
