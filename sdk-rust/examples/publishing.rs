//! Publishing: one after the other, many in flight, without acknowledgement.
//!
//! `cargo run --example publishing` with `FASTPUBSUB_URL` and `FASTPUBSUB_TOKEN` set.

use fastpubsub::{Client, DeliveryMode, Error};
use std::future::IntoFuture;

use futures_util::stream::{FuturesOrdered, StreamExt};

#[tokio::main]
async fn main() -> Result<(), Error> {
    let url = std::env::var("FASTPUBSUB_URL").unwrap_or_else(|_| "ws://127.0.0.1:8080/ws".into());
    let token = std::env::var("FASTPUBSUB_TOKEN").unwrap_or_default();
    let client = Client::builder(url)
        .token(token)
        // Later refusals of what is not acknowledged arrive here.
        .on_error(|error| eprintln!("{error:#}"))
        .connect()
        .await?;

    // Acknowledged: the server has taken it.
    client.publish("my-tenant", "orders.eu", "one").await?;

    // Many in flight, in order; they share frames.
    let payloads: Vec<String> = (0..1000).map(|number| number.to_string()).collect();
    let mut flight: FuturesOrdered<_> =
        payloads.iter().map(|payload| client.publish("my-tenant", "orders.eu", payload).into_future()).collect();
    while let Some(outcome) = flight.next().await {
        outcome?;
    }

    // To exactly one of the subscribers.
    client.publish("my-tenant", "jobs", "do it").delivery_mode(DeliveryMode::OneRandom).await?;

    // Unacknowledged: handed to the connection. A ping says that the server has handled
    // everything before it; a close does that, too.
    for payload in &payloads {
        client.publish("my-tenant", "ticks", payload).unacknowledged().await?;
    }
    println!("round trip: {:?}", client.ping().await?);
    client.close().await
}
