use std::future::IntoFuture;

use bytes::Bytes;
use fastpubsub::{DeliveryMode, Error};
use futures_util::StreamExt;
use futures_util::stream::FuturesOrdered;

use crate::answer::Failure;
use crate::client::Client;
use crate::generated::contract;
use crate::generated::pipe::{PublishBurstCommand, PublishCommand};
use crate::options::duration;

/// Where the number of a message stands in its payload.
const NUMBER: std::ops::Range<usize> = 0..8;

impl Client {
    /// Publishes one message.
    pub(crate) async fn publish(&self, command: PublishCommand) -> Result<(), Failure> {
        let mode = mode(&command)?;
        let client = self.connected().await?;
        let mut publish = client.publish(&command.tenant, &command.channel, &command.payload).delivery_mode(mode);
        if command.unacknowledged {
            publish = publish.unacknowledged();
        }
        if let Some(timeout) = command.timeout {
            publish = publish.timeout(duration(timeout)?);
        }
        publish.await?;
        Ok(())
    }

    /// Publishes numbered messages, all started before any is waited for.
    pub(crate) async fn publish_burst(&self, command: PublishBurstCommand) -> Result<(), Failure> {
        let client = self.connected().await?;
        let payloads: Vec<Bytes> = payloads(&command).collect();
        let publishes = payloads.iter().map(|payload| {
            let publish = client.publish(&command.tenant, &command.channel, payload);
            if command.unacknowledged { publish.unacknowledged().into_future() } else { publish.into_future() }
        });
        let mut publishes: FuturesOrdered<_> = publishes.collect();
        let mut first: Result<(), Error> = Ok(());
        while let Some(outcome) = publishes.next().await {
            first = first.and(outcome);
        }
        first?;
        Ok(())
    }
}

fn payloads(command: &PublishBurstCommand) -> impl Iterator<Item = Bytes> {
    let size = (command.payload_bytes as usize).max(NUMBER.end);
    (command.first..).take(command.count as usize).map(move |number| {
        let mut payload = vec![0; size];
        payload[NUMBER].copy_from_slice(&number.to_be_bytes());
        payload.into()
    })
}

/// The mode of a command. One that does not exist cannot be said in this SDK: its
/// compiler would refuse it.
fn mode(command: &PublishCommand) -> Result<DeliveryMode, Failure> {
    match contract::DeliveryMode::try_from(command.delivery_mode) {
        Ok(contract::DeliveryMode::Unspecified | contract::DeliveryMode::Broadcast) => Ok(DeliveryMode::Broadcast),
        Ok(contract::DeliveryMode::OneLowLatency) => Ok(DeliveryMode::OneLowLatency),
        Ok(contract::DeliveryMode::OneRandom) => Ok(DeliveryMode::OneRandom),
        Err(unknown) => Err(Failure::Unsupported(format!("this SDK has no such delivery mode: {unknown}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn payloads_are_numbered_and_filled_up() {
        let burst = PublishBurstCommand { first: 0x0102, count: 2, payload_bytes: 10, ..Default::default() };
        let made: Vec<_> = payloads(&burst).collect();
        assert_eq!(made, [&[0, 0, 0, 0, 0, 0, 1, 2, 0, 0][..], &[0, 0, 0, 0, 0, 0, 1, 3, 0, 0]]);
        let short = PublishBurstCommand { count: 1, ..Default::default() };
        assert_eq!(payloads(&short).next().unwrap(), [0; 8][..]);
    }
}
