//! The token client, and tokens that change under a live client.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, SystemTime};

use fastpubsub::{Client, Reason, Right, State, TenantGrant, TokenClient, TokenRequest, TokenSourceError, TokenState};
use futures_util::future::join_all;

use super::server::{Server, TENANT, everything};
use super::{BOTH, States, Transport, reason, text, within};

// SDK-15
#[tokio::test]
async fn create_refresh_revoke_list() {
    let server = Server::start().await;
    for transport in BOTH {
        let tokens = server.tokens(transport);
        let who = format!("{transport:?}");
        let expires = SystemTime::now() + Duration::from_secs(3600);
        let right = Right::new(expires).grant(TenantGrant::new(["t"]).allow_pub(["a"]).allow_sub(["b.#"]));
        let request = TokenRequest::new(right).created_by(&who).description("a test");
        let created = tokens.create(request).await.unwrap();
        assert!(created.token().starts_with("AT_"));
        let secret = created.token().rsplit('_').next().unwrap();
        assert!(!format!("{created:?} {tokens:?}").contains(secret), "SDK-19");

        let later = SystemTime::now() + Duration::from_secs(7200);
        let in_force = tokens.refresh(&created.id, later).await.unwrap();
        assert!(in_force.duration_since(expires).unwrap() > Duration::from_secs(3000));

        let listed = tokens.list(&who).await.unwrap();
        assert_eq!(listed.len(), 1);
        assert_eq!((&listed[0].id, listed[0].state), (&created.id, TokenState::Active));
        assert_eq!(listed[0].right.tenant_grants[0].allow_channels_sub, ["b.#"]);
        assert_eq!(listed[0].description, "a test");
        assert!(listed[0].created_at.is_some());

        tokens.revoke(created.token()).await.unwrap();
        assert_eq!(tokens.list(&who).await.unwrap()[0].state, TokenState::Revoked);
        assert_eq!(reason(tokens.refresh(&created.id, later).await), Reason::TokenNotFound);
    }
}

// Pages are put together.
#[tokio::test]
async fn a_long_list() {
    let server = Server::start().await;
    for _ in 0..105 {
        server.token(Duration::from_secs(60)).await;
    }
    for transport in BOTH {
        assert_eq!(server.tokens(transport).list("tests").await.unwrap().len(), 105);
    }
}

// SDK-12: refusals of the token API, with the catalogue's reasons.
#[tokio::test]
async fn refusals() {
    let server = Server::start().await;
    for transport in BOTH {
        let tokens = server.tokens(transport);
        let create = async |right| reason(tokens.create(TokenRequest::new(right)).await);
        assert_eq!(create(everything(Duration::from_secs(48 * 3600))).await, Reason::TtlInvalid);
        let mut wrong = everything(Duration::from_secs(60));
        wrong.tenant_grants[0].allow_channels_pub = vec!["a.#.b".into()];
        assert_eq!(create(wrong).await, Reason::RuleInvalid);
        assert_eq!(reason(tokens.revoke("0000").await), Reason::TokenNotFound);
        let stranger = TokenClient::builder(server.administration(transport)).master_token("not-the-master-token");
        let refused = stranger.build().unwrap().list("").await.unwrap_err();
        assert_eq!(refused.reason(), &Reason::MasterTokenInvalid);
        assert!(!format!("{refused:#} {refused:?}").contains("not-the-master"), "SDK-19");
    }
    let nobody = TokenClient::builder("http://127.0.0.1:1").master_token("a-master-token-for-tests").build().unwrap();
    assert_eq!(reason(nobody.list("").await), Reason::Unreachable);
}

/// The life of a token that runs out during a test: long enough for a busy machine to
/// connect with it, or to renew it in the last third.
const SHORT_LIFE: Duration = Duration::from_secs(12);

/// A source that gives tokens of a short life and counts them.
async fn short_lived(server: &Server, transport: Transport, asked: &Arc<AtomicUsize>, states: &States) -> Client {
    let (tokens, asked) = (server.tokens(transport), asked.clone());
    let source = move || {
        let (tokens, asked) = (tokens.clone(), asked.clone());
        async move {
            asked.fetch_add(1, Ordering::SeqCst);
            let created = tokens.create(TokenRequest::new(everything(SHORT_LIFE))).await?;
            Ok(created.token().to_owned())
        }
    };
    let builder = Client::builder(server.url(transport)).token_source(source);
    within("a connection", builder.on_status(states.keep()).connect()).await.unwrap()
}

// SDK-2, SF-10, TK-9: fresh tokens replace the old ones in time, without reconnecting.
#[tokio::test]
async fn renewal_in_place() {
    let server = Server::start().await;
    let asked = [Arc::default(), Arc::default()];
    let states = [States::default(), States::default()];
    let mut clients = Vec::new();
    for (number, transport) in BOTH.into_iter().enumerate() {
        clients.push(short_lived(&server, transport, &asked[number], &states[number]).await);
    }
    // The third token is asked for after the first one has expired.
    within("two renewals", async {
        while asked.iter().any(|asked| asked.load(Ordering::SeqCst) < 3) {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    })
    .await;
    for (client, states) in clients.iter().zip(states) {
        let mut subscription = client.subscribe(TENANT, "a").await.unwrap();
        client.publish(TENANT, "a", "still here").await.unwrap();
        assert_eq!(text(&mut subscription).await, "still here");
        states.assert_always_connected();
    }
}

// TK-9: with a fixed token the client ends, with the reason.
#[tokio::test]
async fn expiry_of_a_fixed_token() {
    let server = Server::start().await;
    join_all(BOTH.map(async |transport| {
        let token = server.token(SHORT_LIFE).await;
        let client = Client::builder(server.url(transport)).token(token.token()).connect().await.unwrap();
        let mut subscription = client.subscribe(TENANT, "a").await.unwrap();
        let status = within("the end", client.closed()).await;
        assert_eq!((status.state, status.cause.unwrap().reason()), (State::Closed, &Reason::TokenExpired));
        assert_eq!(reason(subscription.recv().await), Reason::TokenExpired);
        assert_eq!(subscription.recv().await.unwrap(), None);
        assert_eq!(reason(client.publish(TENANT, "a", "x").await), Reason::TokenExpired);
    }))
    .await;
}

// TK-10: revocation ends the client, also one with a source that gives the same token.
#[tokio::test]
async fn revocation() {
    let server = Server::start().await;
    for transport in BOTH {
        let token = server.token(Duration::from_secs(60)).await;
        let text = token.token().to_owned();
        let source = move || {
            let text = text.clone();
            async move { Ok::<_, TokenSourceError>(text) }
        };
        let client = Client::builder(server.url(transport)).token_source(source).connect().await.unwrap();
        server.tokens(transport).revoke(&token.id).await.unwrap();
        let status = within("the end", client.closed()).await;
        assert_eq!(status.cause.unwrap().reason(), &Reason::TokenRevoked);
    }
}

// SDK-2: a source that refuses for good ends connecting at once.
#[tokio::test]
async fn a_source_that_refuses() {
    let server = Server::start().await;
    for transport in BOTH {
        let source = || async { Err(TokenSourceError::permanent("signed out")) };
        let connecting = Client::builder(server.url(transport)).token_source(source).connect();
        let error = within("a refusal", connecting).await.unwrap_err();
        assert_eq!(error.reason(), &Reason::TokenSourceFailed);
        assert!(!error.retryable() && format!("{error:#}").contains("signed out"));
    }
}
