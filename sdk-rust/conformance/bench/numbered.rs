//! Messages that say in their first eight bytes which they are.

use fastpubsub::{Event, Message, Subscription};

use crate::Failure;

/// Takes the messages of a subscription, which must come in order and without a gap.
pub(crate) struct Numbered {
    subscription: Subscription,
    next: u64,
}

impl Numbered {
    pub(crate) fn new(subscription: Subscription) -> Self {
        Self { subscription, next: 0 }
    }

    /// The next message.
    pub(crate) async fn next(&mut self) -> Result<Message, Failure> {
        let message = match self.subscription.recv().await? {
            Some(Event::Message(message)) => message,
            Some(other) => return Err(format!("before message {}: {other:?}", self.next).into()),
            None => return Err(format!("the subscription ended before message {}", self.next).into()),
        };
        match message.payload.first_chunk().map(|number| u64::from_be_bytes(*number)) {
            Some(number) if number == self.next => {
                self.next += 1;
                Ok(message)
            }
            other => Err(format!("instead of message {} came {other:?}", self.next).into()),
        }
    }
}

/// A payload with a number, of at least 16 bytes.
pub(crate) fn payload(number: u64, bytes: usize) -> Vec<u8> {
    let mut payload = vec![0; bytes.max(16)];
    payload[..8].copy_from_slice(&number.to_be_bytes());
    payload
}
