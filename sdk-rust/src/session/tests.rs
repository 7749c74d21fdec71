use std::sync::Arc;
use std::time::Duration;

use super::*;
use crate::faketransport::{Peer, pair};
use crate::generated as proto;
use crate::generated::ErrorReason;
use crate::generated::session_request::Command as Request;
use crate::generated::session_response::Event;
use crate::inbox::{self, End, Inbox, Item};
use crate::outbox;
use crate::registry::Member;
use crate::vectors;
use crate::wire::Outgoing;

/// What a session works with, and what it has reported.
struct Bench {
    config: Config,
    reported: Arc<Mutex<Vec<Fault>>>,
}

impl Bench {
    fn new() -> Self {
        let reported: Arc<Mutex<Vec<Fault>>> = Arc::default();
        let report = reported.clone();
        let config = Config {
            outbox: Arc::new(Outbox::new(outbox::Limits { messages: 1000, bytes: 1 << 20 })),
            registry: Arc::default(),
            dispatcher: Arc::default(),
            tracker: TaskTracker::new(),
            report: Arc::new(move |fault| report.lock().push(fault)),
        };
        Self { config, reported }
    }

    async fn try_open(&self, connection: Connection) -> Result<Arc<Session>, Fault> {
        Session::open(connection, self.config.clone(), Instant::now() + Duration::from_secs(5)).await
    }

    /// A session with a welcome, that takes from the outbox.
    async fn open(&self) -> (Arc<Session>, Peer) {
        let (connection, peer) = pair();
        peer.welcome();
        let session = self.try_open(connection).await.unwrap();
        self.config.outbox.attach(session.consumer());
        (session, peer)
    }

    fn join(&self, pattern: &str) -> (Arc<Member>, Arc<Inbox>) {
        let inbox = Arc::new(Inbox::new(inbox::Limits { messages: 100, bytes: 1 << 20 }));
        let member = self.config.registry.join("~", pattern, inbox.clone()).unwrap();
        self.config.outbox.sync(member.route(), None);
        (member, inbox)
    }

    async fn subscribe(&self, peer: &mut Peer, pattern: &str, handle: u64) -> (Arc<Member>, Arc<Inbox>) {
        let (member, inbox) = self.join(pattern);
        match peer.next().await {
            Request::Subscribe(subscribe) => peer.subscribed(subscribe.request_id, handle),
            other => panic!("{other:?}"),
        }
        member.ready().wait().await.unwrap();
        (member, inbox)
    }

    async fn publish(&self, payload: &str, ack: bool) -> Option<Arc<Ticket>> {
        let message = Outgoing { tenant: "~", channel: "a", payload: payload.as_bytes(), mode: 0 };
        self.config.outbox.publish(&message, ack).await.unwrap()
    }

    fn reasons(&self) -> Vec<Reason> {
        self.reported.lock().iter().map(|fault| fault.reason().clone()).collect()
    }
}

async fn next(inbox: &Inbox) -> Result<Item, End> {
    std::future::poll_fn(|cx| inbox.poll_next(cx)).await
}

async fn text(inbox: &Inbox) -> String {
    match next(inbox).await {
        Ok(Item::Message(message)) => String::from_utf8(message.payload.to_vec()).unwrap(),
        other => panic!("{other:?}"),
    }
}

fn publishes(request: Request) -> Vec<proto::OutgoingMessage> {
    match request {
        Request::Publish(publish) => publish.messages,
        other => panic!("{other:?}"),
    }
}

async fn ended(session: &Session) -> Reason {
    session.done().await;
    session.cause().reason().clone()
}

// SF-4, SDK-1: a session is there after the welcome.
#[tokio::test(start_paused = true)]
async fn open_waits_for_the_welcome() {
    let bench = Bench::new();
    let (connection, peer) = pair();
    let opening = bench.try_open(connection);
    tokio::pin!(opening);
    assert!(futures_util::poll!(&mut opening).is_pending());
    let limits = proto::Limits { max_payload_bytes: 7, ..Default::default() };
    peer.send(Event::Welcome(proto::Welcome { limits: Some(limits), ..Default::default() }));
    let session = opening.await.unwrap();
    let accepted = session.welcome().limits;
    assert_eq!((accepted.payload, accepted.tenant, accepted.channel), (7, 128, 256));
    assert_eq!(session.welcome().keep_alive, Duration::from_secs(20));
}

#[tokio::test(start_paused = true)]
async fn open_fails() {
    let bench = Bench::new();
    let (connection, _silent) = pair();
    let silent = bench.try_open(connection).await.err().unwrap();
    assert_eq!(silent.reason(), &Reason::Unreachable);

    let (connection, mut peer) = pair();
    peer.close_with(Fault::new(Reason::TokenExpired, "over"));
    assert_eq!(bench.try_open(connection).await.err().unwrap().reason(), &Reason::TokenExpired);

    let (connection, peer) = pair();
    peer.send_bytes(vec![0xff].into());
    assert_eq!(bench.try_open(connection).await.err().unwrap().reason(), &Reason::ConnectionLost);
    bench.config.tracker.close();
    bench.config.tracker.wait().await;
}

// SDK-12, SDK-7: a frame that cannot be read ends the connection, with the reason that the
// vectors say, which has the client make a new one.
#[tokio::test(start_paused = true)]
async fn frames_that_cannot_be_read() {
    let mut refused = 0;
    for case in vectors::load::<vectors::Transcript>("transcripts.json") {
        if case.valid || case.kind != "response" {
            continue;
        }
        let bench = Bench::new();
        let (session, peer) = bench.open().await;
        peer.send_bytes(case.frame.get());
        session.done().await;
        assert_eq!(session.cause().reason().as_str(), case.reason.unwrap(), "{}", case.name);
        assert!(session.cause().retryable(), "{}", case.name);
        refused += 1;
    }
    assert!(refused > 0);
}

// SDK-3, SDK-4, SF-6, SF-7
#[tokio::test(start_paused = true)]
async fn subscribe_deliver_unsubscribe() {
    let bench = Bench::new();
    let (session, mut peer) = bench.open().await;
    let (member, inbox) = bench.subscribe(&mut peer, "a.#", 9).await;
    peer.deliver(1, &[9]);
    peer.deliver(2, &[9, 10]);
    assert_eq!((text(&inbox).await.as_str(), text(&inbox).await.as_str()), ("1", "2"));
    assert!(bench.config.registry.depart(&member));
    let told = Receipt::new();
    bench.config.outbox.sync(member.route(), Some(told.clone()));
    let Request::Unsubscribe(unsubscribe) = peer.next().await else { panic!("no unsubscribe") };
    assert_eq!((unsubscribe.tenant.as_str(), unsubscribe.pattern.as_str()), ("~", "a.#"));
    peer.deliver(3, &[9]);
    peer.succeed(&[unsubscribe.request_id]);
    told.wait().await.unwrap();
    assert_eq!(text(&inbox).await, "3", "what came before the acknowledgement");
    assert!(session.feed.route(9).is_none());
}

// SDK-3: a refusal has the catalogue's reason.
#[tokio::test(start_paused = true)]
async fn subscribe_refused() {
    let bench = Bench::new();
    let (_session, mut peer) = bench.open().await;
    let (member, _inbox) = bench.join("a");
    let Request::Subscribe(subscribe) = peer.next().await else { panic!("no subscribe") };
    peer.fail(subscribe.request_id, ErrorReason::SubscribeDenied);
    assert_eq!(member.ready().wait().await.unwrap_err().reason(), &Reason::SubscribeDenied);
}

// SDK-5, SDK-6, SF-8, SF-9: pending publishes share a frame, each has its own outcome.
#[tokio::test(start_paused = true)]
async fn publishes_are_batched_and_answered() {
    let bench = Bench::new();
    let mut tickets = Vec::new();
    for payload in ["1", "2", "3"] {
        tickets.push(bench.publish(payload, true).await.unwrap());
    }
    let (_session, mut peer) = bench.open().await;
    let messages = publishes(peer.next().await);
    assert_eq!(messages.iter().map(|message| &message.payload[..]).collect::<Vec<_>>(), [b"1", b"2", b"3"]);
    peer.fail(messages[1].request_id, ErrorReason::PublishDenied);
    peer.succeed(&[messages[0].request_id, messages[2].request_id]);
    assert!(tickets[0].receipt.wait().await.is_ok() && tickets[2].receipt.wait().await.is_ok());
    assert_eq!(tickets[1].receipt.wait().await.unwrap_err().reason(), &Reason::PublishDenied);
}

// SDK-5: a later refusal of what nobody waits for is reported.
#[tokio::test(start_paused = true)]
async fn an_unacknowledged_refusal_is_reported() {
    let bench = Bench::new();
    let (_session, mut peer) = bench.open().await;
    assert!(bench.publish("x", false).await.is_none());
    assert_eq!(publishes(peer.next().await)[0].request_id, 0);
    peer.fail(0, ErrorReason::PublishDenied);
    tokio::time::sleep(Duration::from_millis(1)).await;
    assert_eq!(bench.reasons(), [Reason::PublishDenied]);
}

// SF-12, SF-18: the reason of the failure before the close counts; a server that does
// not close is left.
#[tokio::test(start_paused = true)]
async fn the_reason_comes_before_the_close() {
    let bench = Bench::new();
    let (session, mut peer) = bench.open().await;
    peer.end(ErrorReason::SlowConsumer);
    assert_eq!(ended(&session).await, Reason::SlowConsumer);

    let (session, peer) = bench.open().await;
    let closes_session = true;
    let reason = ErrorReason::TokenRevoked.into();
    peer.send(Event::Failure(proto::Failure { reason, closes_session, ..Default::default() }));
    let began = Instant::now();
    assert_eq!(ended(&session).await, Reason::TokenRevoked);
    assert_eq!(began.elapsed().as_secs(), 1);
}

// SDK-13, SF-11
#[tokio::test(start_paused = true)]
async fn round_trip_time() {
    let bench = Bench::new();
    let (session, mut peer) = bench.open().await;
    assert_eq!(session.rtt(), None);
    let Some(Request::Ping(ping)) = peer.next_frame().await else { panic!("no ping") };
    tokio::time::sleep(Duration::from_millis(5)).await;
    peer.succeed(&[ping.request_id]);
    tokio::time::sleep(Duration::from_millis(1)).await;
    assert!(session.rtt().is_some_and(|rtt| rtt >= Duration::from_millis(5) && rtt < Duration::from_millis(8)));
}

// LM-10: two missed pings, and the peer is given up; anything that comes is a sign of
// life.
#[tokio::test(start_paused = true)]
async fn keep_alive() {
    let bench = Bench::new();
    let (session, peer) = bench.open().await;
    for _ in 0..5 {
        tokio::time::sleep(Duration::from_secs(19)).await;
        peer.send(Event::Lost(proto::Lost { messages: 0 }));
    }
    assert!(session.is_alive());
    let began = Instant::now();
    assert_eq!(ended(&session).await, Reason::ConnectionLost);
    assert!(session.cause().text().contains("2 pings"));
    let silent = began.elapsed().as_secs();
    assert!((40..=65).contains(&silent), "{silent}");
}

// A network that takes nothing more is noticed.
#[tokio::test(start_paused = true)]
async fn a_stalled_network() {
    let bench = Bench::new();
    let (session, mut peer) = bench.open().await;
    let Some(Request::Ping(_)) = peer.next_frame().await else { panic!("no ping") };
    peer.stall();
    let ticket = bench.publish("x", true).await.unwrap();
    assert_eq!(ended(&session).await, Reason::ConnectionLost);
    assert_eq!(ticket.receipt.wait().await.unwrap_err().reason(), &Reason::ConnectionLost);
    assert!(bench.publish("y", false).await.is_some(), "not connected any more");
}

// SF-10, SDK-2
#[tokio::test(start_paused = true)]
async fn authenticate() {
    let bench = Bench::new();
    let (session, mut peer) = bench.open().await;
    let answered = session.authenticate(&Secret::new("AT_5_6"));
    let Request::Authenticate(authenticate) = peer.next().await else { panic!("no authenticate") };
    assert_eq!(authenticate.token, "AT_5_6");
    let expiry = SystemTime::now() + Duration::from_secs(3600);
    peer.send(Event::Success(proto::Success {
        request_ids: vec![authenticate.request_id],
        token_expires_at: Some(expiry.into()),
        ..Default::default()
    }));
    answered.wait().await.unwrap();
    let left = session.token_expiry().unwrap().at - Instant::now();
    assert!((3590..=3600).contains(&left.as_secs()), "{left:?}");
}

// SF-10: the server ends a subscription, with a reason; the session goes on.
#[tokio::test(start_paused = true)]
async fn subscription_ended() {
    let bench = Bench::new();
    let (session, mut peer) = bench.open().await;
    let (_member, inbox) = bench.subscribe(&mut peer, "a", 1).await;
    let reason = ErrorReason::SubscribeDenied.into();
    peer.send(Event::SubscriptionEnded(proto::SubscriptionEnded { pattern_handle: 1, reason, ..Default::default() }));
    match next(&inbox).await {
        Err(End::Cause(cause)) => assert_eq!(cause.reason(), &Reason::SubscribeDenied),
        other => panic!("{other:?}"),
    }
    assert!(session.is_alive());
}

// SF-17: the first go-away counts.
#[tokio::test(start_paused = true)]
async fn go_away() {
    let bench = Bench::new();
    let (session, peer) = bench.open().await;
    peer.go_away(30);
    peer.go_away(1);
    session.go_away().await;
    assert_eq!((session.going().until - Instant::now()).as_secs(), 30);
    assert_eq!(session.going().reason, Reason::Draining);
}

// SDK-7: everything is subscribed again; a refusal for good ends that pattern only.
#[tokio::test(start_paused = true)]
async fn resubscribe() {
    let bench = Bench::new();
    let wanted = ["a", "b", "c"].map(|pattern| bench.join(pattern));
    let (connection, mut peer) = pair();
    peer.welcome();
    let session = bench.try_open(connection).await.unwrap();
    let asking = session.resubscribe(Instant::now() + Duration::from_secs(60));
    let answering = async {
        for handle in 1..=3 {
            let Request::Subscribe(subscribe) = peer.next().await else { panic!("no subscribe") };
            if subscribe.pattern == "b" {
                peer.fail(subscribe.request_id, ErrorReason::SubscribeDenied);
            } else {
                peer.subscribed(subscribe.request_id, handle);
            }
        }
    };
    let (outcome, ()) = tokio::join!(asking, answering);
    outcome.unwrap();
    let ready: Vec<_> = wanted.iter().map(|(member, _)| member.ready().outcome().unwrap().is_ok()).collect();
    assert_eq!(ready, [true, false, true]);
}

// What may succeed later fails the whole attempt.
#[tokio::test(start_paused = true)]
async fn resubscribe_that_may_succeed_later() {
    let bench = Bench::new();
    let (member, _inbox) = bench.join("a");
    let (connection, mut peer) = pair();
    peer.welcome();
    let session = bench.try_open(connection).await.unwrap();
    let answering = async {
        let Request::Subscribe(subscribe) = peer.next().await else { panic!("no subscribe") };
        peer.fail(subscribe.request_id, ErrorReason::BackplaneUnavailable);
    };
    let (outcome, ()) = tokio::join!(session.resubscribe(Instant::now() + Duration::from_secs(60)), answering);
    assert_eq!(outcome.unwrap_err().reason(), &Reason::BackplaneUnavailable);
    assert!(!member.ready().is_complete());
    session.end(Fault::new(Reason::Closed, "over"));
    let (connection, peer) = pair();
    peer.welcome();
    let silent = bench.try_open(connection).await.unwrap();
    let late = silent.resubscribe(Instant::now() + Duration::from_secs(30)).await;
    assert_eq!(late.unwrap_err().reason(), &Reason::TimedOut);
}

// SDK-17: what is queued goes out, the peer is told, and its end is waited for.
#[tokio::test(start_paused = true)]
async fn close() {
    let bench = Bench::new();
    let (session, mut peer) = bench.open().await;
    bench.publish("last", false).await;
    let serving = tokio::spawn(async move {
        let payload = publishes(peer.next().await)[0].payload.clone();
        while peer.next_frame().await.is_some() {}
        peer.close();
        payload
    });
    session.close(Instant::now() + Duration::from_secs(5)).await;
    assert_eq!(serving.await.unwrap(), "last");
    bench.config.tracker.close();
    bench.config.tracker.wait().await;
}

#[tokio::test(start_paused = true)]
async fn a_close_that_the_peer_does_not_heed() {
    let bench = Bench::new();
    let (session, _peer) = bench.open().await;
    let began = Instant::now();
    session.close(Instant::now() + Duration::from_secs(5)).await;
    assert_eq!(began.elapsed().as_secs(), 5);
    assert_eq!(session.cause().reason(), &Reason::Closed);
    assert!(session.fence().is_complete(), "commands after the end end at once");
}

// What nobody waits for and what may be lost is reported.
#[tokio::test(start_paused = true)]
async fn unacknowledged_publishes_in_a_broken_write() {
    let bench = Bench::new();
    let (session, peer) = bench.open().await;
    tokio::time::sleep(Duration::from_millis(1)).await;
    peer.stall();
    for _ in 0..3 {
        bench.publish("x", false).await;
    }
    tokio::time::sleep(Duration::from_millis(1)).await;
    drop(peer);
    session.done().await;
    bench.config.tracker.close();
    bench.config.tracker.wait().await;
    assert_eq!(bench.reasons(), [Reason::ConnectionLost]);
    assert!(bench.reported.lock()[0].text().contains("3 unacknowledged"));
}
