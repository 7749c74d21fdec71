//! Measures this client against a server: what `--release` numbers are made of.
//!
//! `cargo run --release --example speed` with `FASTPUBSUB_URL` and `FASTPUBSUB_TOKEN`
//! set. It prints one line a figure: its name, the value, the unit.

use std::future::IntoFuture;
use std::time::{Duration, Instant, SystemTime};

use fastpubsub::{Client, Error, Event, Subscription};
use futures_util::stream::{FuturesUnordered, StreamExt};

const TENANT: &str = "my-tenant";
/// Of 128 bytes, as in the project's other measurements.
const PAYLOAD: [u8; 128] = [7; 128];
const MESSAGES: usize = 1_000_000;
const PUBLISHES: usize = 200_000;
const IN_FLIGHT: usize = 4096;
const PACED: usize = 5000;
/// 1000 messages a second.
const PACE: Duration = Duration::from_millis(1);
const SUBSCRIPTIONS: usize = 900;

async fn connect() -> Result<Client, Error> {
    let url = std::env::var("FASTPUBSUB_URL").unwrap_or_else(|_| "ws://127.0.0.1:8080/ws".into());
    let token = std::env::var("FASTPUBSUB_TOKEN").unwrap_or_default();
    Client::builder(url).token(token).connect().await
}

async fn message(subscription: &mut Subscription) -> Result<fastpubsub::Message, Error> {
    loop {
        match subscription.recv().await? {
            Some(Event::Message(message)) => return Ok(message),
            Some(other) => eprintln!("{other:?}"),
            None => panic!("the subscription has ended"),
        }
    }
}

async fn start() -> Result<Duration, Error> {
    let began = Instant::now();
    let client = connect().await?;
    let mut subscription = client.subscribe(TENANT, "speed.start").await?;
    client.publish(TENANT, "speed.start", "first").await?;
    message(&mut subscription).await?;
    Ok(began.elapsed())
}

/// Messages a second from one fast writer. The reader acknowledges in stages, so that
/// the server's queue for it does not overflow.
async fn receive() -> Result<f64, Error> {
    const STAGE: usize = 20_000;
    let (writer, reader) = (connect().await?, connect().await?);
    let mut subscription = reader.subscribe(TENANT, "speed.receive").await?;
    let (read, mut allowed) = tokio::sync::watch::channel(2 * STAGE);
    let writing = tokio::spawn(async move {
        for number in 0..MESSAGES {
            if number % STAGE == 0 && allowed.wait_for(|allowed| number < *allowed).await.is_err() {
                break;
            }
            writer.publish(TENANT, "speed.receive", &PAYLOAD).unacknowledged().await?;
        }
        writer.close().await
    });
    let began = Instant::now();
    for number in 1..=MESSAGES {
        message(&mut subscription).await?;
        if number % STAGE == 0 {
            let _ = read.send(number + 2 * STAGE);
        }
    }
    let rate = rate(MESSAGES, began.elapsed());
    writing.await.expect("the writer")?;
    reader.close().await?;
    Ok(rate)
}

async fn publish() -> Result<f64, Error> {
    let client = connect().await?;
    let mut flight = FuturesUnordered::new();
    let began = Instant::now();
    for _ in 0..PUBLISHES {
        flight.push(client.publish(TENANT, "speed.publish", &PAYLOAD).into_future());
        if flight.len() == IN_FLIGHT {
            flight.next().await.expect("one is in flight")?;
        }
    }
    while let Some(outcome) = flight.next().await {
        outcome?;
    }
    let rate = rate(PUBLISHES, began.elapsed());
    client.close().await?;
    Ok(rate)
}

/// One-way latencies, from the publish to the application.
async fn latency() -> Result<(Duration, Duration), Error> {
    let (writer, reader) = (connect().await?, connect().await?);
    let mut subscription = reader.subscribe(TENANT, "speed.latency").await?;
    let writing = tokio::spawn(async move {
        let mut pace = tokio::time::interval(PACE);
        for _ in 0..PACED {
            pace.tick().await;
            let mut payload = PAYLOAD;
            payload[..16].copy_from_slice(&now().to_be_bytes());
            writer.publish(TENANT, "speed.latency", &payload).unacknowledged().await?;
        }
        writer.close().await
    });
    let mut latencies = Vec::with_capacity(PACED);
    for _ in 0..PACED {
        let payload = message(&mut subscription).await?.payload;
        let sent = u128::from_be_bytes(payload[..16].try_into().expect("16 bytes"));
        latencies.push(Duration::from_nanos(u64::try_from(now() - sent).expect("less than 500 years")));
    }
    writing.await.expect("the writer")?;
    latencies.sort();
    Ok((latencies[PACED / 2], latencies[PACED * 99 / 100]))
}

fn now() -> u128 {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).expect("after 1970").as_nanos()
}

/// Bytes of memory for a thousand subscriptions, from the resident size; 0 where the
/// system does not tell it.
async fn memory() -> Result<usize, Error> {
    let client = connect().await?;
    let before = resident();
    let mut subscriptions = Vec::new();
    for number in 0..SUBSCRIPTIONS {
        subscriptions.push(client.subscribe(TENANT, &format!("speed.memory.{number}")).await?);
    }
    let used = resident().saturating_sub(before) * 1000 / SUBSCRIPTIONS;
    drop(subscriptions);
    client.close().await?;
    Ok(used)
}

fn resident() -> usize {
    const PAGE: usize = 4096;
    let text = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    text.split_whitespace().nth(1).and_then(|pages| pages.parse::<usize>().ok()).unwrap_or_default() * PAGE
}

#[allow(clippy::cast_precision_loss, reason = "a rate needs no 53 bits")]
fn rate(count: usize, time: Duration) -> f64 {
    count as f64 / time.as_secs_f64()
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> Result<(), Error> {
    println!("start_to_first_message {:.3} ms", start().await?.as_secs_f64() * 1e3);
    println!("memory_per_1000_subscriptions {} KiB", memory().await? / 1024);
    let (p50, p99) = latency().await?;
    println!("latency_p50 {} us", p50.as_micros());
    println!("latency_p99 {} us", p99.as_micros());
    println!("acknowledged_publishes {:.0} /s", publish().await?);
    println!("received {:.0} /s", receive().await?);
    Ok(())
}
