use std::time::Duration;

use prost::Message as _;
use tokio::time::timeout;

use super::*;
use crate::generated::{OutgoingMessage, SessionRequest, session_request};
use crate::reason::Reason;
use crate::wire::Outgoing;

const BIG: usize = 1 << 20;

fn outbox(messages: usize, bytes: usize) -> Outbox {
    Outbox::new(Limits { messages, bytes })
}

fn attached(outbox: &Outbox) -> Consumer {
    let consumer = Consumer::default();
    outbox.attach(&consumer);
    consumer
}

async fn publish(outbox: &Outbox, payload: &str, ack: bool) -> Result<Option<Arc<Ticket>>, Fault> {
    let message = Outgoing { tenant: "~", channel: "a", payload: payload.as_bytes(), mode: 0 };
    let waiting = outbox.publish(&message, ack);
    timeout(Duration::from_secs(1), waiting).await.unwrap_or_else(|_| Err(Fault::new(Reason::TimedOut, "no room")))
}

fn messages(batch: &Batch) -> Vec<OutgoingMessage> {
    match SessionRequest::decode(batch.frame.clone()).unwrap().command {
        Some(session_request::Command::Publish(publish)) => publish.messages,
        other => panic!("{other:?}"),
    }
}

fn payloads(batch: &Batch) -> Vec<String> {
    messages(batch).into_iter().map(|message| String::from_utf8(message.payload.to_vec()).unwrap()).collect()
}

fn reason<T>(result: Result<T, Fault>) -> Reason {
    result.err().unwrap().reason().clone()
}

// SDK-6: what is pending shares a frame; commands keep their place.
#[tokio::test(start_paused = true)]
async fn pending_publishes_share_a_frame() {
    let outbox = outbox(100, BIG);
    let consumer = attached(&outbox);
    for text in ["a", "b"] {
        publish(&outbox, text, true).await.unwrap();
    }
    let ping = outbox.ping();
    publish(&outbox, "c", false).await.unwrap();
    let mut batch = Batch::default();
    assert!(outbox.take(&consumer, BIG, &mut batch));
    assert_eq!(payloads(&batch), ["a", "b"]);
    let ids: Vec<_> = messages(&batch).iter().map(|message| message.request_id).collect();
    assert_eq!(ids, batch.acks.iter().map(|(id, _)| *id).collect::<Vec<_>>());
    assert!(outbox.take(&consumer, BIG, &mut batch));
    assert!(batch.frame.is_empty() && matches!(batch.command, Some(Command::Ping(_))));
    batch.command.take().unwrap().complete(Ok(()));
    assert!(ping.is_complete());
    assert!(outbox.take(&consumer, BIG, &mut batch));
    assert_eq!((payloads(&batch), batch.unacknowledged), (vec!["c".to_owned()], 1));
    assert_eq!(messages(&batch)[0].request_id, 0);
    assert!(!outbox.take(&consumer, BIG, &mut batch) && outbox.is_flushed());
}

// LM-11: a frame stays below the server's limit.
#[tokio::test(start_paused = true)]
async fn frames_are_bounded() {
    let outbox = outbox(100, BIG);
    let consumer = attached(&outbox);
    for _ in 0..10 {
        publish(&outbox, &"x".repeat(100), false).await.unwrap();
    }
    let mut batch = Batch::default();
    let mut sizes = Vec::new();
    while outbox.take(&consumer, 300, &mut batch) {
        assert!(batch.frame.len() <= 300);
        sizes.push(batch.unacknowledged);
    }
    assert_eq!(sizes, [2, 2, 2, 2, 2]);
}

// A message that no frame of this server can hold is refused; the others go.
#[tokio::test(start_paused = true)]
async fn too_large_for_any_frame() {
    let outbox = outbox(100, BIG);
    let consumer = attached(&outbox);
    publish(&outbox, "a", false).await.unwrap();
    let refused = publish(&outbox, &"x".repeat(500), true).await.unwrap().unwrap();
    publish(&outbox, &"y".repeat(500), false).await.unwrap();
    publish(&outbox, "b", false).await.unwrap();
    let mut batch = Batch::default();
    assert!(outbox.take(&consumer, 300, &mut batch));
    assert_eq!((payloads(&batch), batch.too_large), (vec!["a".to_owned(), "b".to_owned()], 1));
    assert_eq!(reason(refused.receipt.wait().await), Reason::PayloadTooLarge);
    assert_eq!(outbox.state.lock().messages, 0);
}

// SDK-8: what has not been sent goes out over the next connection.
#[tokio::test(start_paused = true)]
async fn the_queue_outlives_a_connection() {
    let outbox = outbox(100, BIG);
    let first = attached(&outbox);
    publish(&outbox, "a", true).await.unwrap();
    outbox.detach(&first);
    let mut batch = Batch::default();
    assert!(!outbox.take(&first, BIG, &mut batch));
    let waiting = publish(&outbox, "b", false).await.unwrap();
    assert!(waiting.is_some(), "not handed over yet");
    let second = attached(&outbox);
    assert!(outbox.take(&second, BIG, &mut batch));
    assert_eq!(payloads(&batch), ["a", "b"]);
    assert_eq!(batch.handed.len(), 1);
}

// SDK-8: while there is no connection the buffer is bounded, with a clear error.
#[tokio::test(start_paused = true)]
async fn a_full_buffer_without_a_connection() {
    let outbox = outbox(2, BIG);
    for text in ["a", "b"] {
        publish(&outbox, text, true).await.unwrap();
    }
    let full = publish(&outbox, "c", true).await.err().unwrap();
    assert_eq!(full.reason(), &Reason::BufferFull);
    assert!(full.text().contains("2 publishes"));
}

// SDK-5: while there is one, publishing waits for room: back-pressure.
#[tokio::test(start_paused = true)]
async fn a_full_buffer_with_a_connection() {
    let outbox = Arc::new(outbox(1, BIG));
    let consumer = attached(&outbox);
    publish(&outbox, "a", true).await.unwrap();
    assert_eq!(reason(publish(&outbox, "b", true).await), Reason::TimedOut);
    let waiting = tokio::spawn({
        let outbox = outbox.clone();
        async move { publish(&outbox, "c", true).await }
    });
    tokio::task::yield_now().await;
    let mut batch = Batch::default();
    assert!(outbox.take(&consumer, BIG, &mut batch));
    assert_eq!(payloads(&batch), ["a"]);
    outbox.release(1);
    assert!(waiting.await.unwrap().is_ok());
    let refused = tokio::spawn({
        let outbox = outbox.clone();
        async move { publish(&outbox, "d", true).await }
    });
    tokio::task::yield_now().await;
    outbox.detach(&consumer);
    assert_eq!(reason(refused.await.unwrap()), Reason::BufferFull);
}

// One publish always has room.
#[tokio::test(start_paused = true)]
async fn one_publish_always_has_room() {
    let outbox = outbox(5, 10);
    publish(&outbox, &"x".repeat(100), true).await.unwrap();
    assert_eq!(reason(publish(&outbox, "b", true).await), Reason::BufferFull);
}

// SDK-8: who gives up in time has published nothing.
#[tokio::test(start_paused = true)]
async fn withdrawing() {
    let outbox = outbox(100, BIG);
    let kept = publish(&outbox, "a", true).await.unwrap().unwrap();
    let given_up = publish(&outbox, "b", true).await.unwrap().unwrap();
    let last = publish(&outbox, "c", true).await.unwrap().unwrap();
    let reason_of = || Fault::new(Reason::TimedOut, "not sent");
    assert!(outbox.withdraw(&given_up, reason_of));
    assert!(!outbox.withdraw(&given_up, reason_of));
    let consumer = attached(&outbox);
    let mut batch = Batch::default();
    assert!(outbox.take(&consumer, BIG, &mut batch));
    assert_eq!(payloads(&batch), ["a", "c"]);
    assert!(!outbox.withdraw(&kept, reason_of), "it was sent");
    outbox.release(2);
    let state = outbox.state.lock();
    assert_eq!((state.messages, state.bytes), (0, 0));
    assert!(!last.receipt.is_complete());
}

// SDK-17: sealed for publishes, open for what closing needs; failed for all.
#[tokio::test(start_paused = true)]
async fn sealing_and_failing() {
    let outbox = outbox(100, BIG);
    let consumer = attached(&outbox);
    let closed = Fault::new(Reason::Closed, "over");
    publish(&outbox, "a", false).await.unwrap();
    let queued = publish(&outbox, "b", true).await.unwrap().unwrap();
    outbox.seal(&closed);
    assert_eq!(reason(publish(&outbox, "c", true).await), Reason::Closed);
    let ping = outbox.ping();
    assert!(!ping.is_complete());
    assert_eq!(outbox.fail(&closed), 1);
    assert_eq!(reason(queued.receipt.wait().await), Reason::Closed);
    assert_eq!(reason(ping.wait().await), Reason::Closed);
    assert_eq!(reason(outbox.ping().wait().await), Reason::Closed);
    assert!(!outbox.take(&consumer, BIG, &mut Batch::default()));
}

// DL-4: a paused outbox keeps everything, in order, for the next consumer.
#[tokio::test(start_paused = true)]
async fn pausing_keeps_the_order() {
    let outbox = outbox(100, BIG);
    let old = attached(&outbox);
    outbox.pause();
    outbox.detach(&old);
    assert!(publish(&outbox, "a", false).await.unwrap().is_none(), "counts as connected");
    outbox.disconnect();
    assert!(publish(&outbox, "b", false).await.unwrap().is_some());
    let new = attached(&outbox);
    let mut batch = Batch::default();
    assert!(outbox.take(&new, BIG, &mut batch));
    assert_eq!(payloads(&batch), ["a", "b"]);
    outbox.disconnect();
    assert!(publish(&outbox, "c", false).await.unwrap().is_none());
}
