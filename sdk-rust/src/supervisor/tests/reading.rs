use super::bench::{Bench, WAIT, settle};
use crate::subscription::{Event, Subscription};

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
        assert!(matches!(subscription.recv().await, Ok(Some(Event::Message(_)))));
    }
    assert!(other.is_finished());
}
