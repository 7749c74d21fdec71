use std::future::IntoFuture;

use fastpubsub::Client;
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;

use crate::arguments::Arguments;
use crate::meter::Meter;
use crate::numbered::payload;
use crate::{Failure, print};

/// Publishes, with many publishes in flight, and counts acknowledgements.
pub(crate) async fn run(arguments: &Arguments) -> Result<(), Failure> {
    let client = arguments.connect().await?;
    let meter = publish(&client, arguments).await?;
    print(&meter.result(arguments.messages))?;
    Ok(client.close().await?)
}

async fn publish(client: &Client, arguments: &Arguments) -> Result<Meter, Failure> {
    let payload = payload(0, arguments.payload_bytes);
    let mut in_flight = FuturesUnordered::new();
    let (mut started, mut acknowledged) = (0, 0);
    let mut meter = Meter::start();
    while acknowledged < arguments.total() {
        while started < arguments.total() && in_flight.len() < arguments.in_flight {
            in_flight.push(client.publish(&arguments.tenant, &arguments.channel, &payload).into_future());
            started += 1;
        }
        if let Some(outcome) = in_flight.next().await {
            outcome?;
            acknowledged += 1;
            if acknowledged == arguments.warm_up {
                meter = Meter::start();
            }
        }
    }
    Ok(meter)
}
