use std::task::{Context, Poll, Waker};

use super::*;
use crate::inbox::{Item, Limits};
use crate::message::MessageId;
use crate::reason::Reason;

fn inbox() -> Arc<Inbox> {
    Arc::new(Inbox::new(Limits { messages: 10, bytes: 100 }))
}

fn join(registry: &Registry, pattern: &str) -> Arc<Member> {
    registry.join("~", pattern, inbox()).unwrap()
}

fn subscribe(action: Action) -> Telling {
    match action {
        Action::Subscribe(telling) => telling,
        _ => panic!("not a subscribe"),
    }
}

fn next(member: &Member) -> Poll<Result<Item, End>> {
    member.inbox.poll_next(&mut Context::from_waker(Waker::noop()))
}

fn denied() -> Fault {
    Fault::new(Reason::SubscribeDenied, "no")
}

fn message() -> Message {
    Message { tenant: "~".into(), channel: "a".into(), payload: "p".into(), id: MessageId::default(), published_at: 0 }
}

// SF-6, SDK-18: several local subscriptions share one pattern on the wire.
#[test]
fn members_share_a_route() {
    let registry = Arc::new(Registry::default());
    let ledger = registry.open();
    let (first, second) = (join(&registry, "a"), join(&registry, "a"));
    let telling = subscribe(ledger.sync(first.route()));
    assert!(matches!(ledger.sync(second.route()), Action::Nothing));
    ledger.acknowledged(&telling);
    assert!(first.ready().is_complete() && second.ready().is_complete());
    first.route().push(message());
    assert!(matches!(next(&first), Poll::Ready(Ok(_))));
    assert!(matches!(next(&second), Poll::Ready(Ok(_))));
    assert!(!registry.leave(&first));
    assert!(!registry.leave(&first));
    assert!(registry.leave(&second));
    assert!(matches!(ledger.sync(second.route()), Action::Unsubscribe));
    let state = registry.state.lock();
    assert!(state.routes.is_empty() && state.ids.is_empty());
}

// SDK-3: who joins an acknowledged pattern is ready at once.
#[test]
fn joining_a_live_route_is_ready() {
    let registry = Arc::new(Registry::default());
    let ledger = registry.open();
    let first = join(&registry, "a");
    ledger.acknowledged(&subscribe(ledger.sync(first.route())));
    assert!(join(&registry, "a").ready().is_complete());
    assert!(!join(&registry, "b").ready().is_complete());
}

// SDK-7: to a new connection everything is missing.
#[test]
fn a_new_connection_misses_everything() {
    let registry = Arc::new(Registry::default());
    let old = registry.open();
    let members = ["a", "b", "c"].map(|pattern| join(&registry, pattern));
    for telling in old.missing() {
        old.acknowledged(&telling);
    }
    assert!(old.missing().is_empty());
    old.close();
    assert!(matches!(old.sync(members[0].route()), Action::Nothing));
    registry.leave(&members[0]);
    let new = registry.open();
    let missing: Vec<_> = new.missing().iter().map(|telling| telling.route.pattern.to_string()).collect();
    assert_eq!(missing, ["b", "c"]);
}

// The newest wish wins: an answer to an older subscribe changes nothing.
#[test]
fn a_stale_answer_does_not_count() {
    let registry = Arc::new(Registry::default());
    let ledger = registry.open();
    let first = join(&registry, "a");
    let route = first.route().clone();
    let stale = subscribe(ledger.sync(&route));
    let keeper = registry.open();
    subscribe(keeper.sync(&route));
    registry.leave(&first);
    assert!(matches!(ledger.sync(&route), Action::Unsubscribe));
    let second = join(&registry, "a");
    subscribe(ledger.sync(&route));
    ledger.refused(&stale, &denied());
    ledger.acknowledged(&stale);
    assert!(!second.ready().is_complete());
    assert!(next(&second).is_pending());
}

// SDK-3, SF-10: a refusal ends the local subscriptions with its reason.
#[test]
fn a_refusal_ends_the_members() {
    let registry = Arc::new(Registry::default());
    let ledger = registry.open();
    let member = join(&registry, "a");
    ledger.refused(&subscribe(ledger.sync(member.route())), &denied());
    assert_eq!(member.ready().outcome().unwrap().unwrap_err().reason(), &Reason::SubscribeDenied);
    assert!(matches!(next(&member), Poll::Ready(Err(End::Cause(_)))));
    let again = join(&registry, "a");
    ledger.acknowledged(&subscribe(ledger.sync(again.route())));
    ledger.ended(again.route(), &denied());
    assert!(matches!(next(&again), Poll::Ready(Err(End::Cause(_)))));
    assert!(registry.state.lock().routes.is_empty());
}

// An orderly end: deliveries go on until the member leaves.
#[test]
fn a_departing_member_gets_deliveries() {
    let registry = Arc::new(Registry::default());
    let ledger = registry.open();
    let member = join(&registry, "a");
    assert!(!registry.depart(&join(&registry, "b")), "no connection to tell");
    ledger.acknowledged(&subscribe(ledger.sync(member.route())));
    assert!(registry.depart(&member));
    assert!(matches!(ledger.sync(member.route()), Action::Unsubscribe));
    member.route().push(message());
    assert!(matches!(next(&member), Poll::Ready(Ok(_))));
    assert!(!registry.leave(&member));
}

// SDK-17
#[test]
fn the_end_is_for_ever() {
    let registry = Arc::new(Registry::default());
    let member = join(&registry, "a");
    registry.end(&denied(), true);
    registry.end(&denied(), false);
    assert!(matches!(next(&member), Poll::Ready(Err(End::Closed))));
    assert!(registry.join("~", "a", inbox()).is_err());
}
