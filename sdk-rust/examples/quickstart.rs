//! Subscribes, publishes, and prints what comes.
//!
//! `cargo run --example quickstart` with `FASTPUBSUB_URL` and `FASTPUBSUB_TOKEN` set.

use fastpubsub::{Client, Error, Event};

#[tokio::main]
async fn main() -> Result<(), Error> {
    let url = std::env::var("FASTPUBSUB_URL").unwrap_or_else(|_| "ws://127.0.0.1:8080/ws".into());
    let token = std::env::var("FASTPUBSUB_TOKEN").unwrap_or_default();

    let client = Client::builder(url).token(token).connect().await?;
    let mut orders = client.subscribe("my-tenant", "orders.#").await?;
    client.publish("my-tenant", "orders.eu", "hello").await?;
    if let Some(Event::Message(message)) = orders.recv().await? {
        println!("{}: {}", message.channel, String::from_utf8_lossy(&message.payload));
    }
    client.close().await
}
