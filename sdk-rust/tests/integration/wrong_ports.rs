//! Addresses whose port speaks something else than they say.

use std::time::Duration;

use fastpubsub::{Client, Error, Reason, TokenClient};
use futures_util::future::join_all;
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy, sink};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use super::certificates::Authority;
use super::server::{MASTER_TOKEN, Server};
use super::{BOTH, tls, within};

/// How long connecting goes on that another attempt might mend: long enough for one
/// attempt on a busy machine.
const SOON: Duration = Duration::from_secs(10);

/// Asserts what is said of a wrong port: what it speaks and what to use, in plain words,
/// and as soon as it is known.
async fn assert_named(address: &str, want: &str, authority: &Authority) {
    let error = within(address, refused(address, authority)).await;
    assert_eq!(error.reason(), &Reason::Unreachable, "{address}: {error:#}");
    assert!(error.message().contains(want), "{address}: {error}");
    assert!(!error.retryable(), "{address}: another attempt does not mend it");
    assert_eq!(format!("{error:?}"), format!("{error}"), "{address}: no words of the layers below");
}

async fn refused(address: &str, authority: &Authority) -> Error {
    let secure = address.split("://").next().is_some_and(|scheme| scheme.ends_with('s') && scheme != "ws");
    if address.starts_with("http") || address.starts_with("token+") {
        let builder = TokenClient::builder(address.trim_start_matches("token+")).master_token(MASTER_TOKEN);
        let builder = if secure { builder.ca(authority.pem()) } else { builder };
        return builder.build().expect("valid settings").list("").await.expect_err(address);
    }
    let builder = Client::builder(address).token("AT_1_2");
    let builder = if secure { builder.ca(authority.pem()) } else { builder };
    builder.connect().await.expect_err(address)
}

// SDK-12: a port without TLS.
#[tokio::test]
async fn without_tls() {
    let (server, authority) = (Server::start().await, Authority::new());
    let (http, grpc) = (&server.ready.http, &server.ready.grpc);
    for (address, want) in [
        (format!("wss://{http}/ws"), "this port speaks no TLS; use ws://"),
        (format!("https://{http}"), "this port speaks no TLS; use http://"),
        (format!("grpcs://{http}"), "this port speaks no TLS; use grpc://"),
        (format!("ws://{grpc}"), "this port speaks gRPC without TLS; use grpc://"),
        (format!("wss://{grpc}"), "this port speaks gRPC without TLS; use grpc://"),
        (format!("grpcs://{grpc}"), "this port speaks gRPC without TLS; use grpc://"),
        (format!("token+grpcs://{grpc}"), "this port speaks gRPC without TLS; use grpc://"),
        (format!("http://{grpc}"), "this port speaks gRPC without TLS; use grpc://"),
        (format!("https://{grpc}"), "this port speaks gRPC without TLS; use grpc://"),
    ] {
        assert_named(&address, want, &authority).await;
    }
}

// SDK-12: a port that knows HTTP/1.1 only, as many proxies do.
#[tokio::test]
async fn http_without_grpc() {
    let (listener, authority) = (TcpListener::bind("127.0.0.1:0").await.unwrap(), Authority::new());
    let address = listener.local_addr().unwrap();
    let mut serving = JoinSet::new();
    serving.spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let _ = stream.read(&mut [0; 4096]).await;
            let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n").await;
            let _ = stream.shutdown().await;
            let _ = copy(&mut stream, &mut sink()).await;
        }
    });
    let want = "this port speaks HTTP/1.1 and no gRPC; use the server's gRPC port, or";
    assert_named(&format!("grpc://{address}"), &format!("{want} ws://"), &authority).await;
    assert_named(&format!("token+grpc://{address}"), &format!("{want} http://"), &authority).await;
}

// SDK-12: a port with TLS.
#[tokio::test]
async fn with_tls() {
    let authority = Authority::new();
    let directory = tempfile::tempdir().unwrap();
    let server = tls::serve(&authority, directory.path(), false).await;
    let http = &server.ready.http;
    for (address, want) in [
        (format!("ws://{http}/ws"), "this port speaks TLS; use wss://"),
        (format!("http://{http}"), "this port speaks TLS; use https://"),
    ] {
        assert_named(&address, want, &authority).await;
    }
    let grpc = &server.ready.grpc;
    let may_be_mended = [
        (format!("grpc://{grpc}"), "if this port speaks TLS, use grpcs://"),
        (format!("ws://{grpc}"), "if this port speaks TLS, use wss:// or grpcs://"),
        (format!("wss://{grpc}"), "if this is its gRPC port, use grpcs://"),
    ];
    join_all(may_be_mended.iter().map(|(address, want)| assert_may_be_mended(address, want, &authority))).await;
}

/// Asserts what is said of a server that hangs up, which may also be one that starts or
/// ends.
async fn assert_may_be_mended(address: &str, want: &str, authority: &Authority) {
    let builder = Client::builder(address).token("AT_1_2").connect_timeout(SOON);
    let builder = if address.starts_with("wss") { builder.ca(authority.pem()) } else { builder };
    let error = within(address, builder.connect()).await.expect_err(address);
    assert_eq!(error.reason(), &Reason::Unreachable, "{address}: {error:#}");
    assert!(error.message().contains("closed the connection without an answer"), "{address}: {error}");
    assert!(error.message().contains(want), "{address}: {error}");
    assert!(error.retryable(), "{address}: {error}");
}

// A server that hangs up once it has been spoken to.
#[tokio::test]
async fn a_server_that_hangs_up() {
    let (listener, authority) = (TcpListener::bind("127.0.0.1:0").await.unwrap(), Authority::new());
    let address = listener.local_addr().unwrap();
    let mut serving = JoinSet::new();
    serving.spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let _ = stream.read(&mut [0; 4096]).await;
        }
    });
    let schemes = [("ws", "use wss:// or grpcs://"), ("wss", "use grpcs://"), ("grpc", "use grpcs://")];
    join_all(schemes.map(async |(scheme, want)| {
        assert_may_be_mended(&format!("{scheme}://{address}"), want, &authority).await;
    }))
    .await;
}

// SDK-12, SDK-14: a server that demands a client certificate says so once.
#[tokio::test]
async fn a_client_certificate_is_demanded() {
    let (authority, stranger) = (Authority::new(), Authority::new());
    let directory = tempfile::tempdir().unwrap();
    let server = tls::serve(&authority, directory.path(), true).await;
    let strange = stranger.issue();
    let want = "the server demands a client certificate and got none that it accepts";
    for transport in BOTH {
        let builder = || Client::builder(tls::url(&server, transport)).token("AT_1_2").ca(authority.pem());
        for builder in [builder(), builder().client_certificate(&strange.chain, &strange.key)] {
            let error = within("a refusal", builder.connect()).await.unwrap_err();
            assert_eq!(error.reason(), &Reason::Unreachable, "{transport:?}: {error:#}");
            assert!(error.message().contains(want), "{transport:?}: {error}");
            assert!(!error.retryable(), "{transport:?}: {error}");
        }
    }
    for address in [format!("https://{}", server.ready.http), format!("grpcs://{}", server.ready.grpc)] {
        let tokens = TokenClient::builder(&address).master_token(MASTER_TOKEN).ca(authority.pem()).build().unwrap();
        let error = within(&address, tokens.list("")).await.unwrap_err();
        assert!(error.message().contains(want) && !error.retryable(), "{address}: {error}");
    }
}
