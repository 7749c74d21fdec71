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

// SDK-9: what a broken follower brought for one route is held for the routes that its
// successor adds, too, and each route keeps the order of its follower.
#[tokio::test]
async fn a_follower_that_breaks_before_it_has_everything() {
    let bench = Bench::new(&["a", "b"]);
    let (old, broken) = (bench.open(1, &["a", "b"]), bench.open(50, &["a"]));
    broken.deliver(2, &["a"]).await;
    broken.deliver(4, &["a"]).await;
    broken.feed.finish();
    let new = bench.open(90, &["a", "b"]);
    new.deliver(2, &["a", "b"]).await;
    new.deliver(3, &["b"]).await;
    new.deliver(4, &["a", "b"]).await;
    old.deliver(1, &["a", "b"]).await;
    old.deliver(2, &["a"]).await; // b is unsubscribed here already
    old.feed.finish();
    new.deliver(5, &["a", "b"]).await;
    assert_eq!(bench.received("a"), "1 2 4 5");
    assert_eq!(bench.received("b"), "1 2 3 4 5");
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

// A message that only the follower got (deliver-one) is shown, in order.
#[tokio::test]
async fn what_only_the_follower_got_is_shown() {
    let bench = Bench::new(&["a"]);
    let (old, new) = (bench.open(1, &["a"]), bench.open(50, &["a"]));
    old.deliver(1, &["a"]).await;
    new.deliver(2, &["a"]).await;
    old.deliver(3, &["a"]).await;
    new.deliver(4, &["a"]).await;
    old.feed.finish();
    assert_eq!(bench.received("a"), "1 3 2 4");
}

// The old connection breaks before it has finished in order, and there is no new one
// yet.
#[tokio::test]
async fn the_leader_breaks_while_waiting_for_a_follower() {
    let bench = Bench::new(&["a"]);
    let (old, broken) = (bench.open(1, &["a"]), bench.open(50, &["a"]));
    old.deliver(1, &["a"]).await;
    broken.deliver(2, &["a"]).await;
    broken.feed.finish();
    old.feed.finish();
    old.feed.finish();
    let new = bench.open(90, &["a"]);
    new.deliver_all(1..=3, "a").await;
    assert_eq!(bench.received("a"), "1 2 3");
}

// A connection that broke and one that never became anything: what the first brought is
// still known.
#[tokio::test]
async fn a_failed_attempt_does_not_wipe_the_window() {
    let bench = Bench::new(&["a"]);
    let old = bench.open(1, &["a"]);
    old.deliver(1, &["a"]).await;
    old.feed.finish();
    bench.open(50, &[]).feed.finish();
    let new = bench.open(90, &["a"]);
    new.deliver_all(1..=2, "a").await;
    assert_eq!(bench.received("a"), "1 2");
}

// SDK-9: the old server ends one subscription after the other. A message between two
// ends comes there for the second only, and reaches the first over the new connection.
#[tokio::test]
async fn subscriptions_that_end_one_after_the_other_lose_nothing() {
    let bench = Bench::new(&["a", "b"]);
    let (old, new) = (bench.open(1, &["a", "b"]), bench.open(50, &["a", "b"]));
    old.deliver(1, &["a", "b"]).await;
    new.deliver(2, &["a", "b"]).await;
    old.deliver(2, &["b"]).await;
    old.deliver(3, &["b"]).await;
    new.deliver(3, &["a", "b"]).await;
    assert_eq!((bench.received("a").as_str(), bench.received("b").as_str()), ("1", "1 2 3"));
    old.feed.finish();
    new.deliver(4, &["a", "b"]).await;
    assert_eq!((bench.received("a").as_str(), bench.received("b").as_str()), ("2 3 4", "4"));
}

/// What two connections bring of the same messages, for several patterns.
struct Move {
    /// From which message on the new connection has each pattern.
    starts: [u64; 3],
    /// From which message on the old connection has each pattern no more.
    stops: [u64; 3],
}

const PATTERNS: [&str; 3] = ["a", "b", "c"];

impl Move {
    /// One that begins about a message: the new connection has each pattern before the
    /// old one lets go of it.
    fn random(random: &mut fastrand::Rng, about: u64) -> Self {
        let starts = [(); 3].map(|()| about + random.u64(0..4));
        Self { starts, stops: starts.map(|start| start + random.u64(0..10)) }
    }

    fn first(&self) -> u64 {
        *self.starts.iter().min().unwrap()
    }

    fn last(&self) -> u64 {
        *self.stops.iter().max().unwrap()
    }

    fn of_the_new(&self, sequence: u64) -> Vec<&'static str> {
        PATTERNS
            .into_iter()
            .zip(self.starts)
            .filter(|(_, start)| sequence >= *start)
            .map(|(pattern, _)| pattern)
            .collect()
    }
}

async fn bring(feed: &TestFeed, sequence: u64, patterns: &[&str]) {
    if !patterns.is_empty() {
        feed.deliver(sequence, patterns).await;
    }
}

// SDK-9, DL-4: two connections deliver the same messages, each at its own speed, and
// patterns begin and end on them one after the other, whatever the interleaving: each
// message reaches each pattern once, in order.
#[tokio::test]
async fn any_interleaving() {
    const COUNT: u64 = 80;
    for seed in 0..400 {
        let mut random = fastrand::Rng::with_seed(seed);
        let bench = Bench::new(&PATTERNS);
        let mut old = bench.open(1, &PATTERNS);
        // The current connection has each pattern from here on.
        let mut current = Move { starts: [1; 3], stops: [0; 3] };
        let mut position = 1;
        for _ in 0..4 {
            let new = bench.open(random.u64(4..1000), &PATTERNS);
            let next = Move::random(&mut random, position + 4);
            let mut ahead = next.first();
            while position < next.last() {
                if random.bool() && ahead < next.last() + 10 {
                    bring(&new, ahead, &next.of_the_new(ahead)).await;
                    ahead += 1;
                } else {
                    let mut patterns = current.of_the_new(position);
                    patterns.retain(|pattern| {
                        let stop = PATTERNS.iter().position(|other| other == pattern).unwrap();
                        position < next.stops[stop]
                    });
                    bring(&old, position, &patterns).await;
                    position += 1;
                }
            }
            old.feed.finish();
            (old, position, current) = (new, ahead, next);
        }
        for sequence in position..=COUNT + 20 {
            bring(&old, sequence, &current.of_the_new(sequence)).await;
        }
        let want: Vec<_> = (1..=COUNT + 20).map(|number| number.to_string()).collect();
        for pattern in PATTERNS {
            assert_eq!(bench.received(pattern), want.join(" "), "seed {seed}, {pattern}");
        }
    }
}
