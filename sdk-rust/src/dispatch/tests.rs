use std::task::{Context, Poll, Waker};
use std::time::Duration;

use super::*;
use crate::generated as proto;
use crate::generated::session_response::Event;
use crate::inbox::{Inbox, Item, Limits};
use crate::registry::{Member, Registry};
use crate::wire;
use prost::Message as _;

/// A dispatcher with some subscriptions.
struct Bench {
    dispatcher: Arc<Dispatcher>,
    subscriptions: HashMap<&'static str, (Arc<Inbox>, Arc<Member>)>,
}

impl Bench {
    fn new(patterns: &[&'static str]) -> Self {
        let registry = Registry::default();
        let subscriptions = patterns.iter().map(|pattern| {
            let inbox = Arc::new(Inbox::new(Limits { messages: 1 << 20, bytes: 1 << 30 }));
            let member = registry.join("~", pattern, inbox.clone()).unwrap();
            (*pattern, (inbox, member))
        });
        Self { dispatcher: Arc::default(), subscriptions: subscriptions.collect() }
    }

    /// Starts a feed that has some of the patterns, with handles from a base on.
    fn open(&self, base: u64, patterns: &[&'static str]) -> TestFeed {
        let feed = self.dispatcher.open();
        let mut handles = HashMap::new();
        for (handle, pattern) in (base..).zip(patterns) {
            feed.bind(handle, self.subscriptions[pattern].1.route().clone());
            handles.insert(*pattern, handle);
        }
        TestFeed { feed, handles }
    }

    /// What a subscription has got until now.
    fn received(&self, pattern: &str) -> String {
        let mut got = Vec::new();
        let mut cx = Context::from_waker(Waker::noop());
        while let Poll::Ready(Ok(item)) = self.subscriptions[pattern].0.poll_next(&mut cx) {
            got.push(match item {
                Item::Message(message) => String::from_utf8(message.payload.to_vec()).unwrap(),
                Item::Lagged(lagged) => format!("lost:{}", lagged.missed),
            });
        }
        got.join(" ")
    }
}

struct TestFeed {
    feed: Feed,
    handles: HashMap<&'static str, u64>,
}

impl TestFeed {
    /// Brings a message for the patterns.
    async fn deliver(&self, sequence: u64, patterns: &[&str]) {
        let message = proto::Delivery {
            id_origin: 1,
            id_sequence: sequence,
            payload: sequence.to_string().into(),
            pattern_handles: patterns.iter().map(|pattern| self.handles[pattern]).collect(),
            ..Default::default()
        };
        let event = Some(Event::Deliveries(proto::Deliveries { messages: vec![message] }));
        let frame = proto::SessionResponse { event }.encode_to_vec();
        let mut decoder = wire::Decoder::default();
        match decoder.decode(&frame) {
            Ok(wire::Event::Deliveries(batch)) => self.feed.deliver(batch).await,
            _ => panic!("no deliveries"),
        }
    }

    async fn deliver_all(&self, sequences: impl IntoIterator<Item = u64>, pattern: &str) {
        for sequence in sequences {
            self.deliver(sequence, &[pattern]).await;
        }
    }
}

// DL-2: one delivery names every subscription that matched.
#[tokio::test]
async fn one_delivery_reaches_all_its_routes() {
    let bench = Bench::new(&["a", "b", "c"]);
    let feed = bench.open(10, &["a", "b", "c"]);
    feed.deliver(1, &["a", "c"]).await;
    assert_eq!(["a", "b", "c"].map(|pattern| bench.received(pattern)), ["1", "", "1"]);
    feed.feed.unbind(bench.subscriptions["a"].1.route());
    assert!(feed.feed.route(10).is_none() && feed.feed.route(11).is_some());
    feed.deliver(2, &["a", "c"]).await;
    assert_eq!(["a", "c"].map(|pattern| bench.received(pattern)), ["", "2"]);
}

// SDK-9, DL-4: what a faster new connection brings waits for the old one.
#[tokio::test]
async fn a_faster_follower_does_not_overtake() {
    let bench = Bench::new(&["a"]);
    let old = bench.open(1, &["a"]);
    old.deliver(1, &["a"]).await;
    let new = bench.open(50, &["a"]);
    new.deliver_all(2..=5, "a").await;
    assert_eq!(bench.received("a"), "1");
    old.deliver_all(2..=3, "a").await;
    assert_eq!(bench.received("a"), "2 3");
    old.feed.finish();
    assert_eq!(bench.received("a"), "4 5");
    new.deliver_all(6..=7, "a").await;
    assert_eq!(bench.received("a"), "6 7");
}

// SDK-9: what a slower new connection brings again is dropped.
#[tokio::test]
async fn a_slower_follower_repeats_nothing() {
    let bench = Bench::new(&["a"]);
    let old = bench.open(1, &["a"]);
    let new = bench.open(50, &["a"]);
    old.deliver_all(1..=5, "a").await;
    new.deliver_all(1..=2, "a").await;
    old.feed.finish();
    new.deliver_all(3..=7, "a").await;
    assert_eq!(bench.received("a"), "1 2 3 4 5 6 7");
}

#[tokio::test]
async fn routes_of_the_follower_alone() {
    let bench = Bench::new(&["a", "b"]);
    let old = bench.open(1, &["a"]);
    let new = bench.open(50, &["a", "b"]);
    new.deliver(1, &["b"]).await;
    assert_eq!(bench.received("b"), "1", "nothing waits that the old one does not have");
    new.deliver(2, &["a", "b"]).await;
    assert_eq!((bench.received("a").as_str(), bench.received("b").as_str()), ("", "2"));
    old.deliver(2, &["a"]).await;
    old.feed.finish();
    assert_eq!((bench.received("a").as_str(), bench.received("b").as_str()), ("2", ""));
}

#[tokio::test]
async fn a_follower_that_breaks() {
    let bench = Bench::new(&["a"]);
    let old = bench.open(1, &["a"]);
    let broken = bench.open(50, &["a"]);
    broken.deliver_all(1..=3, "a").await;
    broken.feed.finish();
    broken.deliver(9, &["a"]).await;
    old.deliver_all(1..=2, "a").await;
    let new = bench.open(90, &["a"]);
    new.deliver_all(3..=4, "a").await;
    old.feed.finish();
    assert_eq!(bench.received("a"), "1 2 3 4");
}

// SDK-9: after a lost connection, too, nothing comes twice.
#[tokio::test(start_paused = true)]
async fn duplicates_after_a_break_are_removed_for_a_while() {
    let bench = Bench::new(&["a"]);
    let old = bench.open(1, &["a"]);
    old.deliver_all(1..=3, "a").await;
    old.feed.finish();
    tokio::time::advance(Duration::from_secs(3600)).await;
    let new = bench.open(50, &["a"]);
    new.deliver_all(2..=4, "a").await;
    assert_eq!(bench.received("a"), "1 2 3 4");
    tokio::time::advance(WINDOW_TIME + Duration::from_secs(1)).await;
    new.deliver_all(5..=5, "a").await;
    assert!(!bench.dispatcher.state.lock().window.is_armed());
    new.deliver(3, &["a"]).await;
    assert_eq!(bench.received("a"), "5 3", "the window has closed");
}

// The connection of a follower far ahead waits; the application of the leader does not.
#[tokio::test(start_paused = true)]
async fn a_follower_far_ahead_waits() {
    let bench = Bench::new(&["a"]);
    let old = bench.open(1, &["a"]);
    let new = bench.open(50, &["a"]);
    let count = u64::try_from(held::HELD_MESSAGES).unwrap() + 1;
    let ahead = tokio::spawn(async move {
        new.deliver_all(1..=count, "a").await;
        new
    });
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert!(!ahead.is_finished());
    old.deliver(1, &["a"]).await;
    let new = ahead.await.unwrap();
    old.feed.finish();
    new.deliver(count + 1, &["a"]).await;
    let want: Vec<_> = (1..=count + 1).map(|number| number.to_string()).collect();
    assert_eq!(bench.received("a"), want.join(" "));
}

// SF-16
#[tokio::test]
async fn a_loss_is_told_to_all() {
    let bench = Bench::new(&["a", "b"]);
    let feed = bench.open(1, &["a"]);
    feed.feed.lost(7);
    assert_eq!((bench.received("a").as_str(), bench.received("b").as_str()), ("lost:7", ""));
}

// SDK-9: two connections deliver the same messages, each at its own speed, whatever
// the interleaving: each message once, in order.
#[tokio::test]
async fn any_interleaving() {
    const COUNT: u64 = 60;
    for seed in 0..300 {
        let mut random = fastrand::Rng::with_seed(seed);
        let bench = Bench::new(&["a"]);
        let mut old = bench.open(1, &["a"]);
        let mut position = 1;
        for _ in 0..4 {
            let new = bench.open(random.u64(2..1000), &["a"]);
            // The new one is subscribed before the old one has come to an end.
            let (mut ahead, end) = (position + random.u64(0..3), position + random.u64(3..COUNT / 4));
            position = position.min(ahead);
            while position <= end {
                if random.bool() && ahead < end + 10 {
                    new.deliver(ahead, &["a"]).await;
                    ahead += 1;
                } else {
                    old.deliver(position, &["a"]).await;
                    position += 1;
                }
            }
            old.feed.finish();
            (old, position) = (new, ahead);
        }
        old.deliver_all(position..=COUNT + 20, "a").await;
        let want: Vec<_> = (1..=COUNT + 20).map(|number| number.to_string()).collect();
        assert_eq!(bench.received("a"), want.join(" "), "seed {seed}");
    }
}
