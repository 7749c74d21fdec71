//! Publishing and subscribing.

use std::collections::HashSet;
use std::time::{Duration, SystemTime};

use fastpubsub::{DeliveryMode, Event};
use futures_util::stream::{FuturesOrdered, StreamExt};

use super::server::{Server, TENANT};
use super::{BOTH, next, text, within};

// SDK-1, SDK-3, SDK-4, SDK-5, DL-3
#[tokio::test]
async fn publish_and_subscribe() {
    let server = Server::start().await;
    for transport in BOTH {
        let client = server.connect(transport).await;
        let mut subscription = client.subscribe(TENANT, "orders.#").await.unwrap();
        assert_eq!((subscription.tenant(), subscription.pattern()), (TENANT, "orders.#"));
        client.publish(TENANT, "orders.eu", "hello").await.unwrap();
        let message = next(&mut subscription).await;
        assert_eq!((&*message.tenant, &*message.channel, &message.payload[..]), (TENANT, "orders.eu", &b"hello"[..]));
        let age = SystemTime::now().duration_since(message.published_at()).unwrap_or_default();
        assert!(age < Duration::from_secs(60), "{age:?}");
        assert_ne!(message.id, fastpubsub::MessageId::default());
        within("a close", client.close()).await.unwrap();
    }
}

// CH-1: an empty tenant means "~".
#[tokio::test]
async fn the_default_tenant() {
    let server = Server::start().await;
    for transport in BOTH {
        let client = server.connect(transport).await;
        let mut subscription = client.subscribe("", "a").await.unwrap();
        assert_eq!(subscription.tenant(), "~");
        client.publish("~", "a", "x").await.unwrap();
        assert_eq!(&*next(&mut subscription).await.tenant, "~");
    }
}

// DL-4, SDK-5, SDK-6: many in flight, in order, of every size.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_in_flight_keep_their_order() {
    const COUNT: usize = 20_000;
    let server = Server::start().await;
    for transport in BOTH {
        let client = server.connect(transport).await;
        let mut subscription = client.subscribe(TENANT, "n").await.unwrap();
        let payloads: Vec<Vec<u8>> = (0..COUNT).map(|n| n.to_be_bytes().repeat(1 + n % 5)).collect();
        let publishing = async {
            let mut flight = FuturesOrdered::new();
            for payload in &payloads {
                flight.push_back(client.publish(TENANT, "n", payload).into_future());
                if flight.len() >= 1000 {
                    flight.next().await.unwrap().unwrap();
                }
            }
            while let Some(outcome) = flight.next().await {
                outcome.unwrap();
            }
        };
        let reading = async {
            for payload in &payloads {
                assert_eq!(next(&mut subscription).await.payload, *payload);
            }
        };
        within("all messages", async { tokio::join!(publishing, reading) }).await;
    }
}

// DL-7: the smallest and the largest payload.
#[tokio::test]
async fn payload_sizes() {
    let server = Server::start().await;
    for transport in BOTH {
        let client = server.connect(transport).await;
        let mut subscription = client.subscribe(TENANT, "a").await.unwrap();
        for size in [0, 1, 1023, 1024, 4096, 65535] {
            let payload = vec![7; size];
            client.publish(TENANT, "a", &payload).await.unwrap();
            assert_eq!(next(&mut subscription).await.payload, payload);
        }
    }
}

// SDK-5: without acknowledgement; a ping says that the server has handled it.
#[tokio::test]
async fn unacknowledged() {
    let server = Server::start().await;
    for transport in BOTH {
        let client = server.connect(transport).await;
        let mut subscription = client.subscribe(TENANT, "a").await.unwrap();
        for number in 0..100 {
            let payload = number.to_string();
            client.publish(TENANT, "a", &payload).unacknowledged().await.unwrap();
        }
        assert!(within("a ping", client.ping()).await.unwrap() > Duration::ZERO);
        for number in 0..100 {
            assert_eq!(text(&mut subscription).await, number.to_string());
        }
    }
}

// DL-2, SDK-18: one message for several subscriptions, each gets it once.
#[tokio::test]
async fn several_matches() {
    let server = Server::start().await;
    for transport in BOTH {
        let client = server.connect(transport).await;
        let mut all = Vec::new();
        for pattern in ["a.#", "a.*", "a.b", "a.b"] {
            all.push(client.subscribe(TENANT, pattern).await.unwrap());
        }
        let mut other = client.subscribe(TENANT, "c").await.unwrap();
        client.publish(TENANT, "a.b", "one").await.unwrap();
        client.publish(TENANT, "a.b", "two").await.unwrap();
        client.publish(TENANT, "c", "sentinel").await.unwrap();
        for subscription in &mut all {
            assert_eq!(text(subscription).await, "one");
            assert_eq!(text(subscription).await, "two");
        }
        assert_eq!(text(&mut other).await, "sentinel");
    }
}

// DL-6: to exactly one connection.
#[tokio::test]
async fn delivery_to_one() {
    let server = Server::start().await;
    for transport in BOTH {
        for mode in [DeliveryMode::OneRandom, DeliveryMode::OneLowLatency] {
            let (first, second) = (server.connect(transport).await, server.connect(transport).await);
            let mut one = first.subscribe(TENANT, "job").await.unwrap();
            let mut two = second.subscribe(TENANT, "job").await.unwrap();
            for number in 0..50 {
                let payload = number.to_string();
                first.publish(TENANT, "job", &payload).delivery_mode(mode).await.unwrap();
            }
            first.publish(TENANT, "job", "end").await.unwrap();
            let mut seen = HashSet::new();
            for subscription in [&mut one, &mut two] {
                loop {
                    let payload = text(subscription).await;
                    if payload == "end" {
                        break;
                    }
                    assert!(seen.insert(payload), "it was delivered twice");
                }
            }
            assert_eq!(seen.len(), 50);
        }
    }
}

// SDK-4: ending a subscription unsubscribes, with a drop and in order.
#[tokio::test]
async fn unsubscribing() {
    let server = Server::start().await;
    for transport in BOTH {
        let client = server.connect(transport).await;
        let mut ended = client.subscribe(TENANT, "a").await.unwrap();
        let dropped = client.subscribe(TENANT, "a").await.unwrap();
        drop(dropped);
        client.publish(TENANT, "a", "before").await.unwrap();
        within("an unsubscribe", ended.unsubscribe()).await.unwrap();
        client.publish(TENANT, "a", "after").await.unwrap();
        assert_eq!(text(&mut ended).await, "before");
        assert_eq!(within("the end", ended.recv()).await.unwrap(), None);
        let mut again = client.subscribe(TENANT, "a").await.unwrap();
        client.publish(TENANT, "a", "again").await.unwrap();
        assert_eq!(text(&mut again).await, "again");
    }
}

// SDK-11: a slow application loses the oldest, is told so, and goes on.
#[tokio::test]
async fn a_slow_application() {
    let server = Server::start().await;
    for transport in BOTH {
        let client = server.connect(transport).await;
        let mut slow = client.subscribe(TENANT, "a").buffer(10, 1 << 20).await.unwrap();
        let mut quick = client.subscribe(TENANT, "a").await.unwrap();
        for number in 0..100 {
            let payload = number.to_string();
            client.publish(TENANT, "a", &payload).await.unwrap();
        }
        for number in 0..100 {
            assert_eq!(text(&mut quick).await, number.to_string());
        }
        match within("a lag", slow.recv()).await.unwrap() {
            Some(Event::Lagged(lagged)) => assert_eq!((lagged.missed, lagged.at_server), (90, false)),
            other => panic!("not a lag: {other:?}"),
        }
        for number in 90..100 {
            assert_eq!(text(&mut slow).await, number.to_string());
        }
    }
}

// SDK-13
#[tokio::test]
async fn round_trip_time() {
    let server = Server::start().await;
    for transport in BOTH {
        let client = server.connect(transport).await;
        let measured = within("a ping", client.ping()).await.unwrap();
        assert!(client.rtt().is_some() && measured < Duration::from_secs(5));
    }
}
