use std::time::Duration;

use tokio::time::Instant;

use super::bench::{Bench, Node, WAIT, end_of, outgoing, settle};
use crate::generated::ErrorReason;
use crate::reason::Reason;
use crate::wire::Outgoing;

fn soon() -> Instant {
    Instant::now() + Duration::from_secs(10)
}

// SDK-16: what the server would refuse is refused here.
#[tokio::test(start_paused = true)]
async fn checks() {
    let (bench, node) = Bench::connected().await;
    let payload = vec![0; 65536];
    let valid = Outgoing { tenant: "", channel: "c", payload: b"", mode: 0 };
    for (message, reason) in [
        (Outgoing { tenant: "no!", ..valid }, Reason::TenantInvalid),
        (Outgoing { channel: "c.#", ..valid }, Reason::ChannelInvalid),
        (Outgoing { payload: &payload, ..valid }, Reason::PayloadTooLarge),
    ] {
        let refused = bench.client().publish(message, true, WAIT).await.unwrap_err();
        assert_eq!(refused.reason(), &reason);
    }
    assert!(node.seen().await.is_empty());
}

// SDK-5: it completes with the acknowledgement, or fails with the refusal.
#[tokio::test(start_paused = true)]
async fn acknowledgements() {
    let mut bench = Bench::starting(Bench::fixed());
    let refusals = [("denied", ErrorReason::PublishDenied)];
    let node = Node::serve_refusing(bench.network.next().await, &refusals);
    bench.started().await.unwrap();
    bench.publish("x").await.unwrap().unwrap();
    let denied = Outgoing { channel: "denied", ..outgoing("y") };
    let refused = bench.client().publish(denied, true, WAIT).await.unwrap_err();
    assert_eq!(refused.reason(), &Reason::PublishDenied);
    node.mute(true);
    let late = bench.client().publish(outgoing("z"), true, Duration::from_secs(3)).await.unwrap_err();
    assert_eq!(late.reason(), &Reason::TimedOut);
    assert!(late.text().contains("may have been delivered"));
}

// SDK-8: waiting publishes go out over the next connection, in order; one whose time
// runs out does not, and says so; one that is given up does not.
#[tokio::test(start_paused = true)]
async fn publishing_while_reconnecting() {
    let (mut bench, node) = Bench::connected().await;
    node.close();
    let dial = bench.network.next().await;
    let first = bench.publish("1");
    settle().await;
    let late = bench.client().publish(outgoing("late"), true, Duration::from_secs(3)).await.unwrap_err();
    assert_eq!(late.reason(), &Reason::TimedOut);
    assert!(late.text().contains("not sent"), "{late}");
    let mut given_up = Box::pin(bench.client().publish(outgoing("given up"), true, WAIT));
    assert!(futures_util::poll!(&mut given_up).is_pending());
    drop(given_up);
    let second = bench.publish("2");
    let unacknowledged = bench.client().publish(outgoing("3"), false, WAIT);
    tokio::pin!(unacknowledged);
    settle().await;
    assert!(futures_util::poll!(&mut unacknowledged).is_pending(), "not handed over yet");
    let node = Node::serve(dial);
    first.await.unwrap().unwrap();
    second.await.unwrap().unwrap();
    unacknowledged.await.unwrap();
    assert_eq!(node.seen().await, ["pub 1", "pub 2", "pub 3"]);
}

// SDK-8
#[tokio::test(start_paused = true)]
async fn a_full_buffer() {
    let (bench, node) = Bench::connected().await;
    node.close();
    settle().await;
    let _waiting: Vec<_> = (0..5).map(|number| bench.publish(&number.to_string())).collect();
    settle().await;
    let full = bench.publish("6").await.unwrap().unwrap_err();
    assert_eq!(full.reason(), &Reason::BufferFull);
}

// SDK-8: nothing is lost silently.
#[tokio::test(start_paused = true)]
async fn in_flight_when_the_connection_breaks() {
    let (bench, node) = Bench::connected().await;
    node.mute(true);
    let in_flight = bench.publish("x");
    settle().await;
    node.close();
    let lost = in_flight.await.unwrap().unwrap_err();
    assert_eq!(lost.reason(), &Reason::ConnectionLost);
    assert!(lost.retryable());
}

// SDK-17
#[tokio::test(start_paused = true)]
async fn a_close_flushes() {
    let (bench, node) = Bench::connected().await;
    let subscription = bench.subscribe("a").await.unwrap();
    let acknowledged = bench.publish("1");
    settle().await;
    bench.client().publish(outgoing("2"), false, WAIT).await.unwrap();
    bench.client().close(soon()).await.unwrap();
    acknowledged.await.unwrap().unwrap();
    assert_eq!(node.seen().await, ["sub a", "pub 1", "pub 2", "closed"]);
    assert_eq!(bench.last_state().await, "CLOSED");
    assert!(end_of(&subscription).await.is_none());
    assert_eq!(bench.publish("x").await.unwrap().unwrap_err().reason(), &Reason::Closed);
    bench.client().close(soon()).await.unwrap();
    assert!(bench.client().config.tracker.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_close_gives_up() {
    let (bench, node) = Bench::connected().await;
    settle().await;
    node.mute(true);
    let in_flight = bench.publish("x");
    settle().await;
    let began = Instant::now();
    let late = bench.client().close(soon()).await.unwrap_err();
    assert_eq!(late.reason(), &Reason::TimedOut);
    assert!(began.elapsed() <= Duration::from_secs(11));
    assert_eq!(in_flight.await.unwrap().unwrap_err().reason(), &Reason::ConnectionLost);
    assert_eq!(bench.last_state().await, "CLOSED");
}

// A client without a connection and without anything to send waits for nothing; what
// waits is flushed when there is a connection.
#[tokio::test(start_paused = true)]
async fn closing_while_reconnecting() {
    let (bench, node) = Bench::connected().await;
    node.close();
    settle().await;
    let began = Instant::now();
    bench.client().close(soon()).await.unwrap();
    assert!(began.elapsed() < Duration::from_millis(10));

    let (mut bench, node) = Bench::connected().await;
    node.close();
    let dial = bench.network.next().await;
    let waiting = bench.publish("x");
    settle().await;
    let closing = tokio::spawn({
        let client = bench.client().clone();
        async move { client.close(soon()).await }
    });
    settle().await;
    let node = Node::serve(dial);
    closing.await.unwrap().unwrap();
    waiting.await.unwrap().unwrap();
    assert_eq!(node.seen().await, ["pub x", "closed"]);
}

// The connection breaks while closing: what was sent has failed, and there is nothing
// more to flush.
#[tokio::test(start_paused = true)]
async fn the_connection_breaks_while_closing() {
    let (bench, node) = Bench::connected().await;
    settle().await;
    node.mute(true);
    let in_flight = bench.publish("x");
    settle().await;
    let closing = tokio::spawn({
        let client = bench.client().clone();
        async move { client.close(soon()).await }
    });
    settle().await;
    let began = Instant::now();
    node.close();
    closing.await.unwrap().unwrap();
    assert!(began.elapsed() < Duration::from_secs(1));
    assert_eq!(in_flight.await.unwrap().unwrap_err().reason(), &Reason::ConnectionLost);
}

// Dropping the last handle ends the client, and says what was not sent.
#[tokio::test(start_paused = true)]
async fn a_drop_ends_the_client() {
    let (mut bench, node) = Bench::connected().await;
    let supervisor = (**bench.client()).clone();
    node.mute(true);
    bench.client = None;
    supervisor.done().await;
    assert_eq!(bench.last_state().await, "CLOSED");
    assert!(supervisor.config.tracker.is_empty());
}

// SDK-13
#[tokio::test(start_paused = true)]
async fn ping() {
    let (bench, node) = Bench::connected().await;
    assert!(bench.client().ping(WAIT).await.unwrap() > Duration::ZERO);
    node.mute(true);
    let late = bench.client().ping(Duration::from_secs(3)).await.unwrap_err();
    assert_eq!(late.reason(), &Reason::TimedOut);
}
