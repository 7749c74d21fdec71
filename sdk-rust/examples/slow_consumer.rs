//! A reader that is too slow: the oldest messages go, and the stream says how many.
//!
//! `cargo run --example slow_consumer` with `FASTPUBSUB_URL` and `FASTPUBSUB_TOKEN` set.

use fastpubsub::{Client, Error, Event};

#[tokio::main]
async fn main() -> Result<(), Error> {
    let url = std::env::var("FASTPUBSUB_URL").unwrap_or_else(|_| "ws://127.0.0.1:8080/ws".into());
    let token = std::env::var("FASTPUBSUB_TOKEN").unwrap_or_default();
    let client = Client::builder(url).token(token).connect().await?;

    // At most ten messages and 64 KiB wait to be read.
    let mut ticks = client.subscribe("my-tenant", "ticks").buffer(10, 64 << 10).await?;
    for number in 0..100 {
        let payload = number.to_string();
        client.publish("my-tenant", "ticks", &payload).await?;
    }
    ticks.unsubscribe().await?; // what was received can still be read
    while let Some(event) = ticks.recv().await? {
        match event {
            Event::Message(message) => println!("{}", String::from_utf8_lossy(&message.payload)),
            Event::Lagged(lagged) => println!("{lagged}"),
            _ => {}
        }
    }
    client.close().await
}
