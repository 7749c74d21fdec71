use std::future::IntoFuture;

use futures_util::future::try_join;
use serde_json::json;

use crate::arguments::Arguments;
use crate::numbered::{Numbered, payload};
use crate::{Failure, print};

/// Connects, subscribes, publishes one message, and says at once that it has come.
pub(crate) async fn run(arguments: &Arguments) -> Result<(), Failure> {
    let client = arguments.connect().await?;
    let mut messages = Numbered::new(client.subscribe(&arguments.tenant, &arguments.channel).await?);
    let payload = payload(0, arguments.payload_bytes);
    let publishing = client.publish(&arguments.tenant, &arguments.channel, &payload).into_future();
    let receiving = async {
        messages.next().await?;
        Ok(print(&json!({"event": "result"}))?)
    };
    try_join(async { Ok::<_, Failure>(publishing.await?) }, receiving).await?;
    Ok(client.close().await?)
}
