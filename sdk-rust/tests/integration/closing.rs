//! The end of a client.

use fastpubsub::{Reason, State};
use tokio::runtime::Handle;

use super::server::{Server, TENANT};
use super::{BOTH, reason, text, within};

/// Waits until nothing runs beside the test.
async fn nothing_runs() {
    within("the end of every task", async {
        while Handle::current().metrics().num_alive_tasks() > 0 {
            tokio::task::yield_now().await;
        }
    })
    .await;
}

// SDK-17: what was handed over is flushed, streams end, and no task is left.
#[tokio::test]
async fn a_close_flushes_and_leaves_nothing() {
    let server = Server::start().await;
    for transport in BOTH {
        let listener = server.connect(transport).await;
        let mut heard = listener.subscribe(TENANT, "a").await.unwrap();
        let client = server.connect(transport).await;
        let mut subscription = client.subscribe(TENANT, "b").await.unwrap();
        for number in 0..1000 {
            let payload = number.to_string();
            client.publish(TENANT, "a", &payload).unacknowledged().await.unwrap();
        }
        within("a close", client.close()).await.unwrap();
        for number in 0..1000 {
            assert_eq!(text(&mut heard).await, number.to_string());
        }
        assert_eq!(subscription.recv().await.unwrap(), None);
        let status = client.closed().await;
        assert!(status.state == State::Closed && status.cause.is_none());
        assert_eq!(reason(client.publish(TENANT, "a", "x").await), Reason::Closed);
        assert_eq!(reason(client.subscribe(TENANT, "a").await), Reason::Closed);
        assert_eq!(reason(client.ping().await), Reason::Closed);
        within("closing again", client.close()).await.unwrap();
        within("a close", listener.close()).await.unwrap();
        assert_eq!(Handle::current().metrics().num_alive_tasks(), 0, "{transport:?}");
    }
}

// Dropping in the middle of anything leaves nothing.
#[tokio::test]
async fn a_drop_leaves_nothing() {
    let server = Server::start().await;
    for transport in BOTH {
        let client = server.connect(transport).await;
        let subscription = client.subscribe(TENANT, "a").await.unwrap();
        let clone = client.clone();
        drop(client);
        clone.publish(TENANT, "a", "x").await.unwrap();
        let mut in_flight = Box::pin(clone.publish(TENANT, "a", "x").into_future());
        assert!(futures_util::poll!(&mut in_flight).is_pending());
        drop(in_flight);
        drop(clone);
        let mut subscription = subscription;
        assert_eq!(text(&mut subscription).await, "x", "a subscription keeps the client");
        drop(subscription);
        nothing_runs().await;

        let mut connecting = Box::pin(server.builder(transport).connect());
        assert!(futures_util::poll!(&mut connecting).is_pending());
        drop(connecting);
        nothing_runs().await;
    }
}

// SDK-19: nothing that is printed shows a secret.
#[tokio::test]
async fn nothing_printed_is_secret() {
    let server = Server::start().await;
    let secret = server.ready.access_token.rsplit('_').next().unwrap().to_owned();
    for transport in BOTH {
        let builder = server.builder(transport);
        let shown = format!("{builder:?}");
        let client = within("a connection", builder.connect()).await.unwrap();
        let subscription = client.subscribe(TENANT, "a").await.unwrap();
        let publish = client.publish(TENANT, "a", &secret);
        let all = format!("{shown} {client:?} {subscription:?} {publish:?} {:?}", client.status());
        assert!(!all.contains(&secret));
    }
}
