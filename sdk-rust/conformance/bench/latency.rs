use std::time::{Duration, Instant};

use fastpubsub::Client;
use serde_json::json;
use tokio::time::sleep_until;

use crate::arguments::Arguments;
use crate::numbered::{Numbered, payload};
use crate::{Failure, print};

/// Where the time of sending stands in a payload.
const SENT_AT: std::ops::Range<usize> = 8..16;

const NANOS_PER_SECOND: u64 = 1_000_000_000;

/// Publishes on an even schedule, and looks how long each message takes to come back.
pub(crate) async fn run(arguments: &Arguments) -> Result<(), Failure> {
    let client = arguments.connect().await?;
    let subscription = client.subscribe(&arguments.tenant, &arguments.channel).await?;
    let clock = Instant::now();
    let publishing = tokio::spawn(publish(client.clone(), arguments.clone(), clock));
    let mut messages = Numbered::new(subscription);
    for _ in 0..arguments.warm_up {
        messages.next().await?;
    }
    let mut latencies = Vec::with_capacity(usize::try_from(arguments.messages)?);
    for _ in 0..arguments.messages {
        let payload = messages.next().await?.payload;
        let sent_at = u64::from_be_bytes(payload[SENT_AT].try_into()?);
        latencies.push(nanos(clock).saturating_sub(sent_at));
    }
    publishing.await??;
    latencies.sort_unstable();
    print(&json!({
        "event": "result",
        "messages": arguments.messages,
        "p50_ns": quantile(&latencies, 50),
        "p99_ns": quantile(&latencies, 99),
        "max_ns": quantile(&latencies, 100),
    }))?;
    Ok(client.close().await?)
}

async fn publish(client: Client, arguments: Arguments, clock: Instant) -> Result<(), Failure> {
    let began = tokio::time::Instant::now();
    for number in 0..arguments.total() {
        let due = Duration::from_nanos(number * NANOS_PER_SECOND / u64::from(arguments.rate.get()));
        sleep_until(began + due).await;
        let mut payload = payload(number, arguments.payload_bytes);
        payload[SENT_AT].copy_from_slice(&nanos(clock).to_be_bytes());
        client.publish(&arguments.tenant, &arguments.channel, &payload).unacknowledged().await?;
    }
    Ok(())
}

/// Nanoseconds since the clock was started.
fn nanos(clock: Instant) -> u64 {
    u64::try_from(clock.elapsed().as_nanos()).unwrap_or(u64::MAX)
}

/// The smallest of sorted samples that at least so many percent are not above.
fn quantile(sorted: &[u64], percent: usize) -> Option<u64> {
    let rank = (sorted.len() * percent).div_ceil(100);
    sorted.get(rank.checked_sub(1)?).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_exact() {
        let samples: Vec<u64> = (1..=200).collect();
        assert_eq!([50, 99, 100].map(|percent| quantile(&samples, percent)), [Some(100), Some(198), Some(200)]);
        assert_eq!([50, 99, 100].map(|percent| quantile(&[7], percent)), [Some(7); 3]);
        assert_eq!(quantile(&[], 50), None);
    }
}
