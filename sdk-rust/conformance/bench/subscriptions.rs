use std::future::IntoFuture;

use futures_util::future::try_join_all;
use serde_json::json;

use crate::arguments::Arguments;
use crate::meter::live_bytes;
use crate::{Failure, print};

/// Subscribes to many channels on one connection, and looks what they hold of memory.
pub(crate) async fn run(arguments: &Arguments) -> Result<(), Failure> {
    let client = arguments.connect().await?;
    client.ping().await?;
    let before = live_bytes();
    let subscriptions = {
        let channels: Vec<_> =
            (0..arguments.subscriptions).map(|number| format!("{}.{number}", arguments.channel)).collect();
        let subscribing = channels.iter().map(|channel| client.subscribe(&arguments.tenant, channel).into_future());
        try_join_all(subscribing).await?
    };
    client.ping().await?;
    let bytes = live_bytes().saturating_sub(before);
    print(&json!({
        "event": "result", "subscriptions": subscriptions.len(), "bytes": bytes, "memory": "heap",
    }))?;
    drop(subscriptions);
    Ok(client.close().await?)
}
