//! Lost connections.

use std::time::Duration;

use fastpubsub::{Client, Reason, State, Status};
use tokio::sync::mpsc;

use super::forwarder::Forwarder;
use super::server::{Server, TENANT, url};
use super::{BOTH, Transport, reason, text, within};

/// A client that tells its states.
async fn watched(address: String, token: &str) -> (Client, mpsc::UnboundedReceiver<Status>) {
    let (states, told) = mpsc::unbounded_channel();
    let builder = Client::builder(address)
        .token(token)
        .backoff(Duration::from_millis(10), Duration::from_millis(100))
        .on_status(move |status| drop(states.send(status)));
    (within("a connection", builder.connect()).await.unwrap(), told)
}

async fn state(told: &mut mpsc::UnboundedReceiver<Status>) -> (State, Option<Reason>) {
    let status = within("a change of state", told.recv()).await.expect("the client lives");
    (status.state, status.cause.map(|cause| cause.reason().clone()))
}

// SDK-7, SDK-8, SDK-10: killed and started again; everything is subscribed again, and
// what was published meanwhile waits.
#[tokio::test]
async fn a_killed_server() {
    let mut server = Server::start().await;
    let token = server.token(Duration::from_secs(3600)).await;
    for transport in BOTH {
        let forwarder = Forwarder::start(server.authority(transport)).await;
        let (client, mut told) = watched(url(transport, &forwarder.address), token.token()).await;
        let mut subscriptions = Vec::new();
        for pattern in ["a", "a", "b.#", "c.*"] {
            subscriptions.push(client.subscribe(TENANT, pattern).await.unwrap());
        }
        assert_eq!(state(&mut told).await, (State::Connecting, None));
        assert_eq!(state(&mut told).await, (State::Connected, None));
        server.kill();
        forwarder.point_nowhere();
        assert_eq!(state(&mut told).await, (State::Reconnecting, Some(Reason::ConnectionLost)));
        let waiting = tokio::spawn({
            let client = client.clone();
            async move { client.publish(TENANT, "a", "while away").await }
        });
        tokio::task::yield_now().await;
        server.restart().await;
        forwarder.point_to(server.authority(transport));
        assert_eq!(state(&mut told).await, (State::Connected, None));
        within("the publish", waiting).await.unwrap().unwrap();
        for channel in ["b.x", "c.x"] {
            client.publish(TENANT, channel, channel).await.unwrap();
        }
        assert_eq!(text(&mut subscriptions[0]).await, "while away");
        assert_eq!(text(&mut subscriptions[1]).await, "while away");
        assert_eq!(text(&mut subscriptions[2]).await, "b.x");
        assert_eq!(text(&mut subscriptions[3]).await, "c.x");
        client.close().await.unwrap();
        assert_eq!(state(&mut told).await, (State::Closed, None));
    }
}

// SDK-7: a cut in the network, again and again.
#[tokio::test]
async fn a_cut_network() {
    let server = Server::start().await;
    for transport in BOTH {
        let forwarder = Forwarder::start(server.authority(transport)).await;
        let address = url(transport, &forwarder.address);
        let (client, mut told) = watched(address, &server.ready.access_token).await;
        let mut subscription = client.subscribe(TENANT, "a").await.unwrap();
        assert_eq!(state(&mut told).await.0, State::Connecting);
        for round in 0..3 {
            assert_eq!(state(&mut told).await.0, State::Connected);
            let payload = round.to_string();
            client.publish(TENANT, "a", &payload).await.unwrap();
            assert_eq!(text(&mut subscription).await, payload);
            forwarder.cut();
            assert_eq!(state(&mut told).await.0, State::Reconnecting);
        }
    }
}

// SDK-8: waiting for a connection ends with the call's own time, or when the buffer is
// full, with a clear error.
#[tokio::test]
async fn publishing_while_away() {
    let mut server = Server::start().await;
    for transport in BOTH {
        let forwarder = Forwarder::start(server.authority(transport)).await;
        let builder = Client::builder(url(transport, &forwarder.address)).token(&server.ready.access_token);
        let client = builder.publish_buffer(2, 1 << 20).connect().await.unwrap();
        server.kill();
        forwarder.point_nowhere();
        within("the loss", async {
            while client.status().state == State::Connected {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        })
        .await;
        let short = Duration::from_millis(50);
        let late = client.publish(TENANT, "a", "x").timeout(short).await.unwrap_err();
        assert_eq!(late.reason(), &Reason::TimedOut);
        assert!(late.message().contains("not sent"), "{late}");
        let two = [client.publish(TENANT, "a", "1").into_future(), client.publish(TENANT, "a", "2").into_future()];
        let mut two = Box::pin(futures_util::future::join_all(two));
        assert!(futures_util::poll!(&mut two).is_pending());
        assert_eq!(reason(client.publish(TENANT, "a", "3").await), Reason::BufferFull);
        drop(two);
        assert_eq!(reason(client.subscribe(TENANT, "a").timeout(short).await), Reason::TimedOut);
        drop(client);
        server.restart().await;
    }
}

// LM-10: a peer that says nothing is given up.
#[tokio::test]
async fn a_stalled_server() {
    let server = Server::with(&["--keep-alive-interval", "1s"]).await;
    let token = &server.ready.access_token;
    for transport in [Transport::WebSocket, Transport::Grpc] {
        let (client, mut told) = watched(server.url(transport), token).await;
        assert_eq!(state(&mut told).await.0, State::Connecting);
        assert_eq!(state(&mut told).await.0, State::Connected);
        server.pause();
        let lost = state(&mut told).await;
        server.resume();
        assert_eq!(lost, (State::Reconnecting, Some(Reason::ConnectionLost)));
        assert_eq!(state(&mut told).await.0, State::Connected);
        client.close().await.unwrap();
    }
}
