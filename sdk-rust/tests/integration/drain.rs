//! Moving to another server without a gap.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use fastpubsub::{Client, TokenClient, TokenRequest};

use super::forwarder::Forwarder;
use super::server::{Server, TENANT, everything, url};
use super::{BOTH, States, Transport, text, within};

const ROUNDS: usize = 4;
/// How long a server waits for its clients to move: long enough for a busy machine. It
/// ends as soon as they have.
const DRAIN: [&str; 2] = ["--drain-timeout", "25s"];

/// A client behind a forwarder, whose tokens come from whatever server is current.
async fn client(
    forwarder: &Forwarder,
    transport: Transport,
    current: &Arc<Mutex<TokenClient>>,
    states: &States,
) -> Client {
    let current = current.clone();
    let source = move || {
        let tokens = current.lock().unwrap().clone();
        async move {
            let created = tokens.create(TokenRequest::new(everything(Duration::from_secs(3600)))).await?;
            Ok(created.token().to_owned())
        }
    };
    let builder = Client::builder(url(transport, &forwarder.address))
        .token_source(source)
        .backoff(Duration::from_millis(5), Duration::from_millis(50))
        .on_status(states.keep());
    within("a connection", builder.connect()).await.unwrap()
}

// SDK-9, DL-10: a rolling restart: numbered messages without pause, none lost, none
// twice, none out of order, and the client stays CONNECTED.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rolling_restart() {
    for transport in BOTH {
        let mut server = Server::with(&DRAIN).await;
        let forwarder = Forwarder::start(server.authority(transport)).await;
        let current = Arc::new(Mutex::new(server.tokens(transport)));
        let states = States::default();
        let client = client(&forwarder, transport, &current, &states).await;
        let mut subscription = client.subscribe(TENANT, "n").await.unwrap();
        let (stop, stopped) = tokio::sync::watch::channel(false);
        let writer = tokio::spawn({
            let client = client.clone();
            async move {
                let mut number = 0_u64;
                while !*stopped.borrow() {
                    let payload = number.to_string();
                    client.publish(TENANT, "n", &payload).await.unwrap();
                    number += 1;
                    tokio::time::sleep(Duration::from_millis(1)).await;
                }
                client.publish(TENANT, "n", "end").await.unwrap();
                number
            }
        });
        for _ in 0..ROUNDS {
            let next = Server::with(&DRAIN).await;
            forwarder.point_to(next.authority(transport));
            *current.lock().unwrap() = next.tokens(transport);
            server.drain();
            within("the old server's end", server.wait()).await;
            server = next;
        }
        stop.send(true).unwrap();
        let written = within("the writer", writer).await.unwrap();
        for number in 0..written {
            assert_eq!(text(&mut subscription).await, number.to_string());
        }
        assert_eq!(text(&mut subscription).await, "end");
        states.assert_always_connected();
        within("a close", client.close()).await.unwrap();
    }
}
