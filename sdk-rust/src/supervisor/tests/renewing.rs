use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, SystemTime};

use parking_lot::Mutex;
use tokio::time::Instant;

use super::bench::{Bench, Node, settle};
use crate::credential::Source;
use crate::faketransport::Peer;
use crate::generated as proto;
use crate::generated::ErrorReason;
use crate::generated::session_request::Command as Request;
use crate::generated::session_response::Event;
use crate::token_source::TokenSourceError;

type Outcome = Result<&'static str, &'static str>;

/// A source that gives what it is told to; the last one again and again.
fn source(outcomes: &[Outcome]) -> (Source, Arc<AtomicUsize>) {
    let outcomes = outcomes.to_vec();
    let asked = Arc::<AtomicUsize>::default();
    let count = asked.clone();
    let source = move || {
        let number = count.fetch_add(1, Ordering::SeqCst);
        let outcome = outcomes[number.min(outcomes.len() - 1)];
        async move {
            match outcome {
                Ok(token) => Ok(token.to_owned()),
                Err(text) => Err(TokenSourceError::from(std::io::Error::other(text))),
            }
        }
    };
    (Source::Renewable(Arc::new(source)), asked)
}

fn expiring(seconds: u64) -> prost_types::Timestamp {
    (SystemTime::now() + Duration::from_secs(seconds)).into()
}

fn welcome(peer: &Peer, seconds: u64) {
    peer.send(Event::Welcome(proto::Welcome { token_expires_at: Some(expiring(seconds)), ..Default::default() }));
}

async fn authenticate(peer: &mut Peer) -> proto::AuthenticateCommand {
    match peer.next().await {
        Request::Authenticate(authenticate) => authenticate,
        other => panic!("{other:?}"),
    }
}

fn accept_token(peer: &Peer, request_id: u64, seconds: u64) {
    let token_expires_at = Some(expiring(seconds));
    let request_ids = vec![request_id];
    peer.send(Event::Success(proto::Success { request_ids, token_expires_at, ..Default::default() }));
}

// SDK-2: a fresh token goes out shortly before the expiry, again and again, without
// reconnecting.
#[tokio::test(start_paused = true)]
async fn renewal() {
    let (source, asked) = source(&[Ok("AT_1"), Ok("AT_2"), Ok("AT_3")]);
    let mut bench = Bench::starting(source);
    let dial = bench.network.next().await;
    assert_eq!(dial.token, "AT_1");
    let mut peer = dial.accept();
    welcome(&peer, 600);
    bench.started().await.unwrap();
    let began = Instant::now();
    let fresh = authenticate(&mut peer).await;
    assert_eq!(fresh.token, "AT_2");
    assert!((530..=541).contains(&began.elapsed().as_secs()), "{:?}", began.elapsed());
    accept_token(&peer, fresh.request_id, 90);
    let began = Instant::now();
    assert_eq!(authenticate(&mut peer).await.token, "AT_3");
    assert!((53..=61).contains(&began.elapsed().as_secs()), "{:?}", began.elapsed());
    assert_eq!(asked.load(Ordering::SeqCst), 3);
    bench.assert_always_connected().await;
}

// SDK-2: a renewal that fails or is refused is reported, and tried again in time.
#[tokio::test(start_paused = true)]
async fn failed_renewals() {
    let (source, _) = source(&[Ok("AT_1"), Err("no network"), Ok("AT_bad"), Ok("AT_2")]);
    let mut bench = Bench::starting(source);
    let mut peer = bench.network.next().await.accept();
    welcome(&peer, 600);
    bench.started().await.unwrap();
    let refused = authenticate(&mut peer).await;
    assert_eq!(refused.token, "AT_bad");
    peer.fail(refused.request_id, ErrorReason::TokenInvalid);
    let fresh = authenticate(&mut peer).await;
    assert_eq!(fresh.token, "AT_2");
    accept_token(&peer, fresh.request_id, 600);
    let errors = bench.errors().await;
    assert_eq!(errors.len(), 2, "{errors:?}");
    assert!(errors[0].starts_with("TOKEN_SOURCE_FAILED: the token could not be renewed; it expires at "));
    assert!(errors[1].starts_with("TOKEN_INVALID: the token could not be renewed"));
    assert!(!errors.concat().contains("AT_bad"), "SDK-19");
    bench.assert_always_connected().await;
}

// TK-9: an expired token ends a session; with a source the client makes another one.
#[tokio::test(start_paused = true)]
async fn expiry_with_a_source() {
    let (source, _) = source(&[Ok("AT_1"), Ok("AT_2")]);
    let mut bench = Bench::starting(source);
    let node = bench.accept().await;
    bench.started().await.unwrap();
    node.end(ErrorReason::TokenExpired);
    let dial = bench.network.next().await;
    assert_eq!(dial.token, "AT_2");
    let _node = Node::serve(dial);
    settle().await;
    assert_eq!(bench.states().await[2..], ["RECONNECTING TOKEN_EXPIRED", "CONNECTED"]);
}

// SDK-7: a source that fails while the client reconnects is asked again.
#[tokio::test(start_paused = true)]
async fn the_source_fails_while_reconnecting() {
    let (source, _) = source(&[Ok("AT_1"), Err("no network"), Err("no network"), Ok("AT_2")]);
    let mut bench = Bench::starting(source);
    let node = bench.accept().await;
    bench.started().await.unwrap();
    node.close();
    let _node = bench.accept().await;
    settle().await;
    assert_eq!(bench.errors().await.len(), 2);
    assert_eq!(bench.last_state().await, "CONNECTED");
}

// A source that fails keeps a new client from connecting only for a while.
#[tokio::test(start_paused = true)]
async fn the_source_fails_at_the_start() {
    let (failing, _) = source(&[Err("no network"), Ok("AT_1")]);
    let mut bench = Bench::starting(failing);
    let _node = bench.accept().await;
    bench.started().await.unwrap();

    let last = Arc::new(Mutex::new(0));
    let count = last.clone();
    let permanent = move || {
        *count.lock() += 1;
        async { Err(TokenSourceError::permanent("signed out")) }
    };
    let mut bench = Bench::starting(Source::Renewable(Arc::new(permanent)));
    assert!(!bench.started().await.unwrap_err().retryable());
    assert_eq!(*last.lock(), 1);
}
