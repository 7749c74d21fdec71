use std::time::Duration;

use tokio::time::Instant;

use super::bench::{Bench, CONNECT_TIME, Node, end_of, received, settle};
use crate::fault::Fault;
use crate::generated::ErrorReason;
use crate::reason::Reason;

fn fault(reason: Reason) -> Fault {
    Fault::new(reason, "because")
}

// SDK-1, SDK-7: a server that is not there yet is tried again.
#[tokio::test(start_paused = true)]
async fn start_tries_again() {
    let mut bench = Bench::starting(Bench::fixed());
    for reason in [Reason::Unreachable, Reason::Draining, Reason::TooManyConnections] {
        bench.network.next().await.refuse(fault(reason));
    }
    let dial = bench.network.next().await;
    assert_eq!(dial.token, "AT_1_2");
    let _node = Node::serve(dial);
    bench.started().await.unwrap();
    bench.assert_always_connected().await;
}

// SDK-7: a reason that another attempt does not mend ends it at once.
#[tokio::test(start_paused = true)]
async fn start_stops_for_a_final_reason() {
    for refusal in [
        fault(Reason::TokenInvalid),
        fault(Reason::TokenExpired),
        fault(Reason::IpNotAllowed),
        fault(Reason::Unreachable).into_final(),
    ] {
        let mut bench = Bench::starting(Bench::fixed());
        let began = Instant::now();
        bench.network.next().await.refuse(refusal.clone());
        let failure = bench.started().await.unwrap_err();
        assert_eq!(failure.reason(), refusal.reason());
        assert!(began.elapsed().is_zero());
        assert_eq!(bench.last_state().await, format!("CLOSED {}", refusal.reason()));
    }
}

// The error of a connect that took too long tells of the last attempt.
#[tokio::test(start_paused = true)]
async fn start_ends_in_time() {
    let mut bench = Bench::starting(Bench::fixed());
    let began = Instant::now();
    while let Some(dial) = bench.network.next_or_end().await {
        dial.refuse(fault(Reason::Unreachable));
    }
    let failure = bench.started().await.unwrap_err();
    assert_eq!(failure.reason(), &Reason::Unreachable);
    assert!(failure.text().contains("30s; the last attempt: because"), "{failure}");
    assert!(began.elapsed() <= CONNECT_TIME + Duration::from_millis(1));

    let mut silent = Bench::starting(Bench::fixed());
    let _dial = silent.network.next().await;
    assert!(matches!(silent.started().await.unwrap_err().reason(), Reason::TimedOut | Reason::Unreachable));
}

// An attempt that hangs is given up, and another one is made.
#[tokio::test(start_paused = true)]
async fn a_hanging_attempt() {
    let mut bench = Bench::starting(Bench::fixed());
    let began = Instant::now();
    let _hanging = bench.network.next().await;
    let _node = bench.accept().await;
    bench.started().await.unwrap();
    assert_eq!(began.elapsed().as_secs(), 15);
}

// Giving the future up ends the client.
#[tokio::test(start_paused = true)]
async fn a_dropped_start() {
    let mut bench = Bench::starting(Bench::fixed());
    let dial = bench.network.next().await;
    bench.give_up();
    settle().await;
    assert_eq!(bench.last_state().await, "CLOSED");
    drop(dial);
}

// SDK-7, SDK-10: everything is subscribed again before CONNECTED.
#[tokio::test(start_paused = true)]
async fn reconnect_resubscribes() {
    let (mut bench, first) = Bench::connected().await;
    let a = bench.subscribe("a").await.unwrap();
    let b = bench.subscribe("b").await.unwrap();
    first.deliver(1, "a");
    first.close();
    let dial = bench.network.next().await;
    assert_eq!(bench.last_state().await, "RECONNECTING CONNECTION_LOST");
    let second = Node::serve(dial);
    settle().await;
    assert_eq!(bench.states().await[2..], ["RECONNECTING CONNECTION_LOST", "CONNECTED"]);
    assert_eq!(second.seen().await, ["sub a", "sub b"]);
    second.deliver(1, "a"); // a duplicate
    second.deliver(2, "a");
    second.deliver(3, "b");
    assert_eq!(received(&a, 2).await, "1 2");
    assert_eq!(received(&b, 1).await, "3");
}

// SDK-7: the waits grow, and start over after a stable time.
#[tokio::test(start_paused = true)]
async fn backoff_grows() {
    let (mut bench, node) = Bench::connected().await;
    node.close();
    let mut longest = Duration::ZERO;
    for _ in 0..20 {
        let began = Instant::now();
        bench.network.next().await.refuse(fault(Reason::Unreachable));
        longest = longest.max(began.elapsed());
    }
    assert!(longest > Duration::from_secs(5) && longest <= Duration::from_secs(31), "{longest:?}");
    let node = bench.accept().await;
    tokio::time::sleep(Duration::from_secs(11)).await;
    let began = Instant::now();
    node.close();
    bench.network.next().await.refuse(fault(Reason::Unreachable));
    assert!(began.elapsed() <= Duration::from_millis(101), "{:?}", began.elapsed());
}

// SDK-7: a reason that no new session mends closes the client.
#[tokio::test(start_paused = true)]
async fn a_final_reason_closes_the_client() {
    for reason in [ErrorReason::TokenRevoked, ErrorReason::TokenExpired, ErrorReason::FrameInvalid] {
        let (bench, node) = Bench::connected().await;
        let subscription = bench.subscribe("a").await.unwrap();
        node.deliver(1, "a");
        node.end(reason);
        bench.client().done().await;
        let want = Reason::from_contract(reason.into());
        assert_eq!(bench.last_state().await, format!("CLOSED {want}"));
        assert_eq!(received(&subscription, 1).await, "1");
        assert_eq!(end_of(&subscription).await.unwrap().reason(), &want);
        assert_eq!(bench.publish("x").await.unwrap().unwrap_err().reason(), &want);
        assert_eq!(bench.subscribe("b").await.err().unwrap().reason(), &want);
    }
}

// A client that has been connected outlives what may be a passing mistake.
#[tokio::test(start_paused = true)]
async fn a_live_client_outlives_a_bad_certificate() {
    let (mut bench, node) = Bench::connected().await;
    node.close();
    bench.network.next().await.refuse(fault(Reason::Unreachable).into_final());
    let _node = bench.accept().await;
    settle().await;
    assert_eq!(bench.last_state().await, "CONNECTED");
}

// SDK-3: subscribing waits for the connection.
#[tokio::test(start_paused = true)]
async fn subscribing_while_reconnecting() {
    let (mut bench, node) = Bench::connected().await;
    node.close();
    let dial = bench.network.next().await;
    let opening = bench.subscribe("a");
    tokio::pin!(opening);
    assert!(futures_util::poll!(&mut opening).is_pending());
    let mut dropped = Box::pin(bench.subscribe("b"));
    assert!(futures_util::poll!(&mut dropped).is_pending());
    drop(dropped);
    let node = Node::serve(dial);
    let _subscription = opening.await.unwrap();
    assert_eq!(node.seen().await, ["sub a"]);
}

// What may succeed later fails the attempt, and is tried again.
#[tokio::test(start_paused = true)]
async fn resubscribing_fails_for_now() {
    let (mut bench, node) = Bench::connected().await;
    let subscription = bench.subscribe("a").await.unwrap();
    node.close();
    let refusals = [("a", ErrorReason::BackplaneUnavailable)];
    let _refusing = Node::serve_refusing(bench.network.next().await, &refusals);
    let node = bench.accept().await;
    settle().await;
    node.deliver(1, "a");
    assert_eq!(received(&subscription, 1).await, "1");
    assert_eq!(bench.states().await.iter().filter(|state| *state == "CONNECTED").count(), 2);
}

// SDK-3, SDK-4: denied, shared, ended in order and by a drop.
#[tokio::test(start_paused = true)]
async fn subscriptions() {
    let mut bench = Bench::starting(Bench::fixed());
    let refusals = [("no", ErrorReason::SubscribeDenied)];
    let node = Node::serve_refusing(bench.network.next().await, &refusals);
    bench.started().await.unwrap();
    assert_eq!(bench.subscribe("no").await.err().unwrap().reason(), &Reason::SubscribeDenied);
    assert_eq!(bench.subscribe("no!").await.err().unwrap().reason(), &Reason::PatternInvalid);
    let first = bench.subscribe("a").await.unwrap();
    let second = bench.subscribe("a").await.unwrap();
    assert_eq!((first.tenant(), first.pattern()), ("~", "a"));
    drop(first);
    second.unsubscribe(Duration::from_secs(1)).await.unwrap();
    assert!(end_of(&second).await.is_none());
    assert_eq!(node.seen().await, ["sub no", "sub a", "unsub a"]);
    node.mute(true);
    let late = bench.subscribe("b");
    let failure = tokio::time::timeout(Duration::from_secs(5), late).await;
    assert!(failure.is_err());
    assert_eq!(node.seen().await[3..], ["sub b", "unsub b"], "given up");
}
