use std::time::Duration;

use super::bench::{Bench, WAIT, outgoing, settle};
use crate::deadline;
use crate::generated as proto;
use crate::generated::session_response::Event;
use crate::subscription::{self, Subscription};

// SDK-18: a task that reads a subscription which is never empty does not keep its thread
// for itself.
#[tokio::test(start_paused = true)]
async fn a_busy_reader_lets_others_run() {
    const MESSAGES: u64 = 1000;
    let (bench, node) = Bench::connected().await;
    let mut subscription = Subscription::new(bench.subscribe("a").await.unwrap(), WAIT);
    node.deliver_all(1..=MESSAGES, "a");
    settle().await;
    let other = tokio::spawn(async {});
    for _ in 0..MESSAGES {
        assert!(matches!(subscription.recv().await, Ok(Some(subscription::Event::Message(_)))));
    }
    assert!(other.is_finished());
}

// Times beyond all bounds, of the application or of the server, stop nothing.
#[tokio::test(start_paused = true)]
async fn endless_times() {
    let forever = Duration::MAX;
    let mut bench = Bench::with(Bench::fixed(), |config| config.attempt_timeout = forever);
    let peer = bench.network.next().await.accept();
    let endless = prost_types::Duration { seconds: i64::MAX, nanos: 0 };
    let expiry = prost_types::Timestamp { seconds: i64::MAX / 2, nanos: 0 };
    peer.send(Event::Welcome(proto::Welcome {
        keep_alive_interval: Some(endless),
        token_expires_at: Some(expiry),
        ..Default::default()
    }));
    bench.started().await.unwrap();
    peer.send(Event::GoAway(proto::GoAway { time_until_close: Some(endless), ..Default::default() }));
    let fresh = bench.accept().await;
    settle().await;
    let client = bench.client();
    client.publish(outgoing("x"), true, forever).await.unwrap();
    client.ping(forever).await.unwrap();
    assert_eq!(fresh.seen().await, ["pub x"]);
    client.close(deadline::after(forever)).await.unwrap();
    drop(peer);
}
