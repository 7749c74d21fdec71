//! What is refused, and with which reason.

use std::time::Duration;

use fastpubsub::{Client, Error, Reason, Right, TenantGrant, TokenClient, TokenRequest};
use futures_util::future::join_all;
use tokio::net::TcpListener;
use tokio::sync::mpsc;

use super::server::{Server, TENANT, everything};
use super::{BOTH, Transport, reason, text, within};

/// How long connecting goes on that cannot succeed: long enough for one attempt
/// on a busy machine.
const SOON: Duration = Duration::from_secs(10);

async fn refused(server: &Server, transport: Transport, token: &str) -> Error {
    let connecting = Client::builder(server.url(transport)).token(token).connect();
    within("a refusal", connecting).await.expect_err("the token is refused")
}

async fn restricted(server: &Server, change: impl FnOnce(&mut Right)) -> String {
    let mut right = everything(Duration::from_secs(3600));
    change(&mut right);
    let created = server.tokens(Transport::WebSocket).create(TokenRequest::new(right)).await;
    created.expect("a token").token().to_owned()
}

// SDK-12, TK-6, TK-12: each refusal of a token keeps its reason, and ends connecting.
#[tokio::test]
async fn tokens() {
    let server = Server::start().await;
    let unknown = "AT_00000000000000000000000000000000_00000000000000000000000000000000";
    let elsewhere = restricted(&server, |right| right.allow_ip_masks = vec!["192.0.2.1".into()]).await;
    let region = restricted(&server, |right| right.allow_regions = vec!["moon".into()]).await;
    let browser = restricted(&server, |right| right.allowed_ws_origin = vec!["https://example.org".into()]).await;
    let revoked = server.token(Duration::from_secs(60)).await;
    server.tokens(Transport::Grpc).revoke(&revoked.id).await.unwrap();
    for transport in BOTH {
        for (token, want) in [
            ("", Reason::TokenMissing),
            ("AT_hidden", Reason::TokenInvalid),
            (unknown, Reason::TokenInvalid),
            (revoked.token(), Reason::TokenRevoked),
            (&elsewhere, Reason::IpNotAllowed),
            (&region, Reason::RegionNotAllowed),
            (&browser, Reason::OriginNotAllowed),
        ] {
            let error = refused(&server, transport, token).await;
            assert_eq!(error.reason(), &want, "{transport:?}: {error:#}");
            assert!(!error.retryable() && !error.message().is_empty());
            assert!(!format!("{error:#} {error:?}").contains("hidden"), "SDK-19");
        }
    }
}

// TK-9: a token that has run out is refused with TOKEN_EXPIRED.
#[tokio::test]
async fn an_expired_token() {
    let server = Server::start().await;
    let token = server.token(Duration::from_secs(60)).await;
    let past = std::time::SystemTime::now() - Duration::from_secs(60);
    server.tokens(Transport::WebSocket).refresh(&token.id, past).await.unwrap();
    for transport in BOTH {
        assert_eq!(refused(&server, transport, token.token()).await.reason(), &Reason::TokenExpired);
    }
}

// AZ-1, AZ-2, SDK-3, SDK-5: what the token does not allow; the connection stays.
#[tokio::test]
async fn rights() {
    let server = Server::start().await;
    let token = restricted(&server, |right| {
        right.tenant_grants = vec![TenantGrant::new([TENANT]).allow_pub(["a"]).allow_sub(["a", "b.>"])];
    })
    .await;
    for transport in BOTH {
        let (errors, mut told) = mpsc::unbounded_channel();
        let client = Client::builder(server.url(transport))
            .token(&token)
            .on_error(move |error| errors.send(error).expect("the test listens"))
            .connect()
            .await
            .unwrap();
        assert_eq!(reason(client.publish(TENANT, "b", "x").await), Reason::PublishDenied);
        assert_eq!(reason(client.subscribe(TENANT, "b.#").await), Reason::SubscribeDenied);
        assert_eq!(reason(client.subscribe("other", "a").await), Reason::SubscribeDenied);
        client.publish(TENANT, "b", "x").unacknowledged().await.unwrap();
        let late = within("the error handler", told.recv()).await.unwrap();
        assert_eq!(late.reason(), &Reason::PublishDenied);
        let mut allowed = client.subscribe(TENANT, "a").await.unwrap();
        client.publish(TENANT, "a", "fine").await.unwrap();
        assert_eq!(text(&mut allowed).await, "fine");
    }
}

// SDK-16: names and payloads are refused before anything is sent.
#[tokio::test]
async fn names_and_payloads() {
    let server = Server::start().await;
    for transport in BOTH {
        let client = server.connect(transport).await;
        assert_eq!(reason(client.publish("no/tenant", "a", "x").await), Reason::TenantInvalid);
        assert_eq!(reason(client.publish(TENANT, "a.*", "x").await), Reason::ChannelInvalid);
        assert_eq!(reason(client.subscribe(TENANT, "a*b").await), Reason::PatternInvalid);
        assert_eq!(reason(client.publish(TENANT, "a", &vec![0; 65536]).await), Reason::PayloadTooLarge);
        client.ping().await.unwrap();
    }
}

// LM-5, LM-6, LM-7: the server's limits.
#[tokio::test]
async fn limits() {
    let flags = ["--max-subscriptions", "2", "--max-publishes-per-second", "5", "--max-payload-bytes", "10"];
    let server = Server::with(&flags).await;
    for transport in BOTH {
        let client = server.connect(transport).await;
        let _first = client.subscribe(TENANT, "a").await.unwrap();
        let _second = client.subscribe(TENANT, "b").await.unwrap();
        let error = client.subscribe(TENANT, "c").await.unwrap_err();
        assert_eq!(error.reason(), &Reason::TooManySubscriptions);
        assert!(error.retryable());
        assert_eq!(reason(client.publish(TENANT, "a", "12345678901").await), Reason::PayloadTooLarge);
        let outcomes = join_all((0..50).map(|_| client.publish(TENANT, "a", "x").into_future()));
        let limited = within("the answers", outcomes).await.into_iter().filter_map(Result::err);
        assert!(limited.map(|error| error.reason().clone()).any(|reason| reason == Reason::RateLimited));
    }
}

#[tokio::test]
async fn too_many_connections() {
    let server = Server::with(&["--max-connections-per-token", "1"]).await;
    for transport in BOTH {
        let first = server.connect(transport).await;
        let second = server.builder(transport).connect_timeout(SOON).connect();
        assert_eq!(reason(within("a refusal", second).await), Reason::TooManyConnections);
        first.close().await.unwrap();
    }
}

// SDK-12: addresses that lead nowhere: one error type, and no hang.
#[tokio::test]
async fn addresses() {
    let server = Server::start().await;
    let addresses = [
        ("ws://127.0.0.1:1".to_owned(), Reason::Unreachable, "refused"),
        ("grpc://127.0.0.1:1".to_owned(), Reason::Unreachable, "refused"),
        (format!("wss://{}", server.ready.http), Reason::Unreachable, "cannot connect"),
        (format!("grpcs://{}", server.ready.grpc), Reason::Unreachable, "cannot connect"),
        (format!("ws://{}", server.ready.grpc), Reason::Unreachable, "use grpc://"),
        (format!("ws://{}/nowhere", server.ready.http), Reason::RequestInvalid, "nothing"),
        ("http://example.org".to_owned(), Reason::RequestInvalid, "ws://"),
    ];
    join_all(addresses.map(async |(address, want, message)| {
        let connecting = Client::builder(&address).token("AT_1_2").connect_timeout(SOON).connect();
        let error = within(&address, connecting).await.expect_err(&address);
        assert_eq!(error.reason(), &want, "{address}: {error:#}");
        assert!(error.message().contains(message), "{address}: {error}");
    }))
    .await;
}

// A server that takes the connection and says nothing.
#[tokio::test]
async fn silence() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    join_all(["ws", "wss", "grpc", "grpcs"].map(async |scheme| {
        let connecting = Client::builder(format!("{scheme}://{address}"))
            .token("AT_1_2")
            .attempt_timeout(Duration::from_millis(100))
            .connect_timeout(SOON)
            .connect();
        let error = within(scheme, connecting).await.expect_err(scheme);
        assert_eq!(error.reason(), &Reason::Unreachable, "{scheme}: {error:#}");
        assert!(error.retryable());
    }))
    .await;
}

// Settings that are wrong, named each.
#[tokio::test]
async fn settings() {
    let builder = Client::builder("ws://127.0.0.1:1")
        .token("AT_hidden_x")
        .token_source(|| async { Ok(String::new()) })
        .backoff(Duration::ZERO, Duration::ZERO)
        .publish_buffer(0, 1)
        .connect_timeout(Duration::ZERO)
        .ca("no certificate")
        .client_certificate("hidden", "hidden");
    assert!(!format!("{builder:?}").contains("hidden"), "SDK-19");
    let error = builder.connect().await.unwrap_err();
    assert_eq!(error.reason(), &Reason::RequestInvalid);
    for named in ["backoff", "publish_buffer", "connect_timeout", "ca:", "client_certificate", "exclude each other"] {
        assert!(error.message().contains(named), "{named}: {error}");
    }
    let without_tls = Client::builder("ws://127.0.0.1:1").insecure_skip_verify().connect().await;
    assert_eq!(reason(without_tls), Reason::RequestInvalid);
    assert_eq!(reason(TokenClient::builder("http://127.0.0.1:1").build()), Reason::MasterTokenInvalid);
    let socket = TokenClient::builder("ws://127.0.0.1:1").master_token("hidden").build();
    assert_eq!(reason(socket), Reason::RequestInvalid);
}
