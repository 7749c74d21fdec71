use std::time::Duration;

use tokio::time::Instant;

use super::bench::{Bench, Node, received, settle};
use crate::fault::Fault;
use crate::generated::ErrorReason;
use crate::generated::session_request::Command as Request;
use crate::reason::Reason;

// SDK-9: make before break: everything is subscribed on the new connection, then the
// publishes go there, then the old one is unsubscribed and closed. Nothing is lost or
// seen twice, and the order holds although the new connection is faster.
#[tokio::test(start_paused = true)]
async fn a_move() {
    let (mut bench, old) = Bench::connected().await;
    let subscription = bench.subscribe("a").await.unwrap();
    old.deliver(1, "a");
    old.go_away(30);
    let fresh = bench.accept().await;
    settle().await;
    fresh.deliver_all(3..=6, "a");
    old.deliver_all(2..=4, "a");
    assert_eq!(received(&subscription, 4).await, "1 2 3 4");
    bench.publish("x").await.unwrap().unwrap();
    assert_eq!(fresh.seen().await, ["sub a", "pub x"]);
    assert_eq!(old.seen().await, ["sub a"]);
    old.deliver(5, "a");
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(old.seen().await, ["sub a", "unsub a", "closed"]);
    fresh.deliver(7, "a");
    assert_eq!(received(&subscription, 3).await, "5 6 7");
    bench.assert_always_connected().await;
    assert!(bench.errors().await.is_empty());
}

// SDK-9, DL-4: a publisher's messages keep their order across the move: nothing is sent
// to the new node until the old one has handled what it was sent.
#[tokio::test(start_paused = true)]
async fn publishes_keep_their_order() {
    let (mut bench, old) = Bench::connected().await;
    settle().await;
    old.mute(true);
    let first = bench.publish("1");
    settle().await;
    old.go_away(30);
    let fresh = bench.accept().await;
    settle().await;
    let second = bench.publish("2");
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert!(fresh.seen().await.is_empty());
    old.succeed(1..=20);
    first.await.unwrap().unwrap();
    second.await.unwrap().unwrap();
    assert_eq!(fresh.seen().await, ["pub 2"]);
    bench.assert_always_connected().await;
}

// The old server does not answer any more: the move goes on nevertheless.
#[tokio::test(start_paused = true)]
async fn away_from_a_deaf_server() {
    let (mut bench, old) = Bench::connected().await;
    let subscription = bench.subscribe("a").await.unwrap();
    old.mute(true);
    old.go_away(30);
    let fresh = bench.accept().await;
    settle().await;
    bench.publish("x").await.unwrap().unwrap();
    tokio::time::sleep(Duration::from_secs(10)).await;
    fresh.deliver(1, "a");
    assert_eq!(received(&subscription, 1).await, "1");
    assert_eq!(old.seen().await.pop().unwrap(), "closed");
}

// Nor does it answer a client that closes meanwhile: the new one does.
#[tokio::test(start_paused = true)]
async fn closing_while_moving_away_from_a_deaf_server() {
    let (mut bench, old) = Bench::connected().await;
    old.mute(true);
    let client = bench.client().clone();
    let closed = tokio::spawn(async move { client.close(Instant::now() + Duration::from_secs(60)).await });
    settle().await;
    old.go_away(30);
    let fresh = bench.accept().await;
    closed.await.unwrap().unwrap();
    assert_eq!(fresh.seen().await.pop().unwrap(), "closed");
}

// What is subscribed to while the client moves is on the new connection, too.
#[tokio::test(start_paused = true)]
async fn subscribing_while_moving() {
    let (mut bench, old) = Bench::connected().await;
    let _before = bench.subscribe("before").await.unwrap();
    old.go_away(30);
    let dial = bench.network.next().await;
    let during = bench.subscribe("during").await.unwrap();
    assert_eq!(old.seen().await, ["sub before", "sub during"]);
    let mut peer = dial.accept();
    peer.welcome();
    let Request::Subscribe(first) = peer.next().await else { panic!("no subscribe") };
    let Request::Subscribe(second) = peer.next().await else { panic!("no subscribe") };
    let late = bench.subscribe("late").await.unwrap(); // after the new one was asked
    assert_eq!(old.seen().await.pop().unwrap(), "sub late");
    peer.subscribed(first.request_id, 1);
    peer.subscribed(second.request_id, 2);
    let Request::Subscribe(third) = peer.next().await else { panic!("no subscribe") };
    assert_eq!(third.pattern, "late");
    peer.subscribed(third.request_id, 3);
    tokio::time::sleep(Duration::from_secs(1)).await;
    peer.deliver(2, &[2]);
    peer.deliver(3, &[3]);
    assert_eq!(received(&during, 1).await, "2");
    assert_eq!(received(&late, 1).await, "3");
}

// A subscription made after the publishes have moved exists on the new connection only;
// it does not wait for the old one.
#[tokio::test(start_paused = true)]
async fn subscribing_during_the_overlap() {
    let (mut bench, old) = Bench::connected().await;
    let _subscription = bench.subscribe("a").await.unwrap();
    old.go_away(30);
    let fresh = bench.accept().await;
    settle().await;
    bench.publish("x").await.unwrap().unwrap();
    let subscription = bench.subscribe("fresh").await.unwrap();
    fresh.deliver(1, "fresh");
    let began = Instant::now();
    assert_eq!(received(&subscription, 1).await, "1");
    assert!(began.elapsed() < Duration::from_millis(2));
    assert_eq!(old.seen().await, ["sub a"]);
}

// The old connection breaks before there is a new one: then it is a reconnect, and
// duplicates are still removed.
#[tokio::test(start_paused = true)]
async fn the_old_connection_breaks() {
    let (mut bench, old) = Bench::connected().await;
    let subscription = bench.subscribe("a").await.unwrap();
    old.deliver(1, "a");
    old.go_away(30);
    let dial = bench.network.next().await;
    old.close();
    assert_eq!(bench.last_state().await, "RECONNECTING CONNECTION_LOST");
    let waiting = bench.publish("x");
    let fresh = Node::serve(dial);
    waiting.await.unwrap().unwrap();
    fresh.deliver(1, "a");
    fresh.deliver(2, "a");
    assert_eq!(received(&subscription, 2).await, "1 2");
    assert_eq!(bench.last_state().await, "CONNECTED");
}

// SDK-7, SDK-9: there is nowhere to move to until the old server has ended; the failed
// attempts do not make the client wait long for its return.
#[tokio::test(start_paused = true)]
async fn waits_start_over_when_the_old_connection_ends() {
    let (mut bench, old) = Bench::connected().await;
    old.go_away(3600);
    for _ in 0..12 {
        bench.network.next().await.refuse(Fault::new(Reason::Draining, "elsewhere, please"));
    }
    old.end(ErrorReason::Draining);
    let began = Instant::now();
    let dial = bench.network.next().await;
    assert!(began.elapsed() <= Duration::from_millis(101), "{:?}", began.elapsed());
    let _fresh = Node::serve(dial);
    settle().await;
    assert_eq!(bench.last_state().await, "CONNECTED");
}

// The new connection breaks before it has taken over: the old one goes on.
#[tokio::test(start_paused = true)]
async fn the_new_connection_breaks() {
    let (mut bench, old) = Bench::connected().await;
    let subscription = bench.subscribe("a").await.unwrap();
    old.go_away(30);
    let mut broken = bench.network.next().await.accept();
    broken.welcome();
    broken.next().await;
    broken.close();
    bench.publish("still over the old one").await.unwrap().unwrap();
    old.deliver(1, "a");
    let fresh = bench.accept().await;
    settle().await;
    fresh.deliver(1, "a");
    fresh.deliver(2, "a");
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(received(&subscription, 2).await, "1 2");
    bench.assert_always_connected().await;
    assert_eq!(old.seen().await, ["sub a", "pub still over the old one", "unsub a", "closed"]);
}

// The new connection breaks while sending is paused: the old one goes on to send.
#[tokio::test(start_paused = true)]
async fn the_new_connection_breaks_while_sending_is_paused() {
    let (mut bench, old) = Bench::connected().await;
    let subscription = bench.subscribe("a").await.unwrap();
    old.mute(true);
    old.go_away(30);
    let broken = bench.accept().await;
    settle().await;
    let waiting = bench.publish("x");
    broken.close();
    tokio::time::sleep(Duration::from_secs(6)).await; // the fence is given up
    old.mute(false);
    old.succeed(1..=20);
    waiting.await.unwrap().unwrap();
    old.deliver(1, "a");
    assert_eq!(received(&subscription, 1).await, "1");
    let _fresh = bench.accept().await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    bench.assert_always_connected().await;
}

// The new server refuses for good: the client lives as long as the old connection does.
#[tokio::test(start_paused = true)]
async fn a_move_that_is_refused_for_good() {
    let (mut bench, old) = Bench::connected().await;
    let subscription = bench.subscribe("a").await.unwrap();
    old.go_away(30);
    bench.network.next().await.refuse(Fault::new(Reason::TokenInvalid, "unknown"));
    settle().await;
    old.deliver(1, "a");
    assert_eq!(received(&subscription, 1).await, "1");
    old.end(ErrorReason::Draining);
    bench.client().done().await;
    assert_eq!(bench.last_state().await, "CLOSED TOKEN_INVALID");
}

// SDK-9: one server after the other asks to move, the next one while the old connection
// is still being retired.
#[tokio::test(start_paused = true)]
async fn rolling_restart() {
    let (mut bench, mut current) = Bench::connected().await;
    let subscription = bench.subscribe("a").await.unwrap();
    let mut message = 0;
    for _ in 0..10 {
        current.go_away(30);
        let fresh = bench.accept().await;
        settle().await;
        for _ in 0..3 {
            fresh.deliver(message, "a");
            current.deliver(message, "a");
            message += 1;
        }
        current = fresh;
    }
    tokio::time::sleep(Duration::from_secs(5)).await;
    let want: Vec<_> = (0..message).map(|number| number.to_string()).collect();
    assert_eq!(received(&subscription, want.len()).await, want.join(" "));
    bench.assert_always_connected().await;
    assert!(bench.errors().await.is_empty());
}

// SDK-17: closing during a move leaves nothing behind.
#[tokio::test(start_paused = true)]
async fn closing_while_moving() {
    let (mut bench, old) = Bench::connected().await;
    let _subscription = bench.subscribe("a").await.unwrap();
    old.go_away(30);
    let _dial = bench.network.next().await;
    bench.client().close(Instant::now() + Duration::from_secs(10)).await.unwrap();
    assert_eq!(old.seen().await.pop().unwrap(), "closed");
    assert_eq!(bench.last_state().await, "CLOSED");

    let (mut bench, old) = Bench::connected().await;
    let _subscription = bench.subscribe("a").await.unwrap();
    old.go_away(30);
    let fresh = bench.accept().await;
    bench.publish("x").await.unwrap().unwrap();
    bench.client().close(Instant::now() + Duration::from_secs(10)).await.unwrap();
    assert_eq!(old.seen().await.pop().unwrap(), "closed");
    assert_eq!(fresh.seen().await.pop().unwrap(), "closed");
    assert!(bench.client().config.tracker.is_empty());
}
