//! Many subscriptions share one connection, merged into one stream.
//!
//! `cargo run --example many_subscriptions` with `FASTPUBSUB_URL` and `FASTPUBSUB_TOKEN`
//! set.

use fastpubsub::{Client, Error, Event};
use futures_util::stream::{StreamExt, select_all};

#[tokio::main]
async fn main() -> Result<(), Error> {
    let url = std::env::var("FASTPUBSUB_URL").unwrap_or_else(|_| "ws://127.0.0.1:8080/ws".into());
    let token = std::env::var("FASTPUBSUB_TOKEN").unwrap_or_default();
    let client = Client::builder(url).token(token).connect().await?;

    let mut subscriptions = Vec::new();
    for room in 0..100 {
        let pattern = format!("rooms.{room}.#");
        subscriptions.push(client.subscribe("my-tenant", &pattern).await?);
    }
    for room in [3, 14, 15] {
        let channel = format!("rooms.{room}.chat");
        client.publish("my-tenant", &channel, "hello").await?;
    }
    let mut all = select_all(subscriptions).take(3);
    while let Some(event) = all.next().await {
        if let Event::Message(message) = event? {
            println!("{}: {}", message.channel, String::from_utf8_lossy(&message.payload));
        }
    }
    client.close().await
}
