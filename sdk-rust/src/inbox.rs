//! The bounded buffer between a connection and one local subscription. The
//! connection never waits for the application: when the buffer is full the oldest
//! message goes, and the reader is told how many went (SDK-11).

mod ring;

use std::task::{Context, Poll, Waker};

use parking_lot::Mutex;

use crate::fault::Fault;
use crate::message::{Lagged, Message};
use ring::Ring;

/// Bounds of a buffer. One message always has room, however long it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Limits {
    pub(crate) messages: usize,
    /// Of payloads.
    pub(crate) bytes: usize,
}

/// What a reader gets.
#[derive(Clone, Debug)]
pub(crate) enum Item {
    Message(Message),
    Lagged(Lagged),
}

/// Why an inbox is over.
#[derive(Clone, Debug)]
pub(crate) enum End {
    /// The application itself has closed the subscription or the client.
    Closed,
    Cause(Fault),
}

/// One local subscription's buffer, for one reader.
pub(crate) struct Inbox {
    limits: Limits,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    items: Ring,
    bytes: usize,
    /// Dropped here, before the head of the items.
    lagged: u64,
    /// Dropped by the server, before the head of the items.
    missed: u64,
    end: Option<End>,
    reader: Option<Waker>,
}

impl Inbox {
    pub(crate) fn new(limits: Limits) -> Self {
        Self { limits, state: Mutex::default() }
    }

    /// Adds a message and never blocks. After the end it does nothing.
    pub(crate) fn push(&self, message: Message) {
        let mut state = self.state.lock();
        if state.end.is_none() {
            state.bytes += message.payload.len();
            state.push(Item::Message(message), self.limits);
        }
    }

    /// Says that the server dropped messages before the next delivery.
    pub(crate) fn push_lost(&self, missed: u64) {
        let mut state = self.state.lock();
        if state.end.is_none() {
            state.push(Item::Lagged(Lagged { missed, at_server: true }), self.limits);
        }
    }

    /// Ends the inbox. What it holds can still be read; then readers get the end.
    /// Only the first end or close counts.
    pub(crate) fn end(&self, end: End) {
        let mut state = self.state.lock();
        state.end.get_or_insert(end);
        state.wake();
    }

    /// Ends the inbox because the application wants no more: what it holds is gone.
    pub(crate) fn close(&self) {
        let mut state = self.state.lock();
        let items = std::mem::take(&mut state.items);
        (state.bytes, state.lagged, state.missed) = (0, 0, 0);
        state.end.get_or_insert(End::Closed);
        state.wake();
        drop(state);
        drop(items);
    }

    /// The next item, or the end.
    pub(crate) fn poll_next(&self, cx: &mut Context<'_>) -> Poll<Result<Item, End>> {
        let mut state = self.state.lock();
        if let Some(item) = state.take() {
            return Poll::Ready(Ok(item));
        }
        if let Some(end) = &state.end {
            return Poll::Ready(Err(end.clone()));
        }
        match &mut state.reader {
            Some(reader) => reader.clone_from(cx.waker()),
            None => state.reader = Some(cx.waker().clone()),
        }
        Poll::Pending
    }
}

impl State {
    fn push(&mut self, item: Item, limits: Limits) {
        self.items.push(item);
        while self.items.len() > limits.messages || self.bytes > limits.bytes && self.items.len() > 1 {
            self.drop_oldest();
        }
        self.wake();
    }

    fn drop_oldest(&mut self) {
        match self.pop() {
            Some(Item::Lagged(lagged)) => self.missed += lagged.missed,
            Some(Item::Message(_)) => self.lagged += 1,
            None => {}
        }
    }

    fn pop(&mut self) -> Option<Item> {
        let item = self.items.pop()?;
        if let Item::Message(message) = &item {
            self.bytes -= message.payload.len();
        }
        Some(item)
    }

    /// The next item; losses come before what followed them.
    fn take(&mut self) -> Option<Item> {
        if self.lagged > 0 {
            let missed = std::mem::take(&mut self.lagged);
            return Some(Item::Lagged(Lagged { missed, at_server: false }));
        }
        if self.missed > 0 {
            let missed = std::mem::take(&mut self.missed);
            return Some(Item::Lagged(Lagged { missed, at_server: true }));
        }
        self.pop()
    }

    fn wake(&mut self) {
        if let Some(reader) = self.reader.take() {
            reader.wake();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;

    use super::*;
    use crate::message::MessageId;
    use crate::reason::Reason;

    fn message(text: &str) -> Message {
        Message {
            tenant: "~".into(),
            channel: "a".into(),
            payload: text.to_owned().into(),
            id: MessageId::default(),
            published_at: 0,
        }
    }

    fn inbox(messages: usize, bytes: usize) -> Inbox {
        Inbox::new(Limits { messages, bytes })
    }

    fn push_all(inbox: &Inbox, texts: &[&str]) {
        for text in texts {
            inbox.push(message(text));
        }
    }

    /// What can be read now, as text; "<" is the end.
    fn drain(inbox: &Inbox) -> Vec<String> {
        let mut got = Vec::new();
        let mut cx = Context::from_waker(Waker::noop());
        loop {
            match inbox.poll_next(&mut cx) {
                Poll::Ready(Ok(Item::Message(m))) => got.push(String::from_utf8(m.payload.to_vec()).unwrap()),
                Poll::Ready(Ok(Item::Lagged(l))) => {
                    got.push(format!("{}{}", l.missed, if l.at_server { "S" } else { "L" }));
                }
                Poll::Ready(Err(_)) => {
                    got.push("<".into());
                    return got;
                }
                Poll::Pending => return got,
            }
        }
    }

    // SDK-4: in order.
    #[test]
    fn messages_come_in_order() {
        let inbox = inbox(10, 100);
        push_all(&inbox, &["a", "b", "c"]);
        assert_eq!(drain(&inbox), ["a", "b", "c"]);
    }

    // SDK-11: the oldest go, the reader is told how many, and reading goes on.
    #[test]
    fn overflow_drops_the_oldest_and_says_so() {
        let inbox = inbox(2, 100);
        push_all(&inbox, &["a", "b", "c", "d"]);
        assert_eq!(drain(&inbox), ["2L", "c", "d"]);
        inbox.push(message("e"));
        assert_eq!(drain(&inbox), ["e"]);
    }

    // SDK-11: bytes are bounded, too; one message always has room.
    #[test]
    fn overflow_by_bytes() {
        let inbox = inbox(100, 4);
        push_all(&inbox, &["aa", "bb", "cc", "dddddddd"]);
        assert_eq!(drain(&inbox), ["3L", "dddddddd"]);
    }

    // SF-16, DL-8: what the server dropped is told apart, and never lost itself.
    #[test]
    fn losses_at_the_server() {
        let inbox = inbox(2, 100);
        inbox.push(message("a"));
        inbox.push_lost(5);
        assert_eq!(drain(&inbox), ["a", "5S"]);
        inbox.push_lost(5);
        push_all(&inbox, &["b", "c", "d"]);
        assert_eq!(drain(&inbox), ["1L", "5S", "c", "d"]);
    }

    #[test]
    fn an_end_lets_the_rest_be_read() {
        let inbox = inbox(10, 100);
        inbox.push(message("a"));
        inbox.end(End::Cause(Fault::new(Reason::SubscribeDenied, "no")));
        inbox.push(message("b"));
        inbox.push_lost(1);
        assert_eq!(drain(&inbox), ["a", "<"]);
    }

    #[test]
    fn a_close_discards_the_rest() {
        let inbox = inbox(10, 100);
        inbox.push(message("a"));
        inbox.close();
        inbox.end(End::Cause(Fault::new(Reason::SubscribeDenied, "no")));
        assert_eq!(drain(&inbox), ["<"]);
        let end = inbox.poll_next(&mut Context::from_waker(Waker::noop()));
        assert!(matches!(end, Poll::Ready(Err(End::Closed))));
    }

    #[tokio::test]
    async fn a_sleeping_reader_is_woken() {
        let inbox = std::sync::Arc::new(inbox(10, 100));
        let reader = tokio::spawn({
            let inbox = inbox.clone();
            async move { poll_fn(|cx| inbox.poll_next(cx)).await }
        });
        tokio::task::yield_now().await;
        inbox.push(message("a"));
        assert!(matches!(reader.await.unwrap(), Ok(Item::Message(_))));
    }
}
