use serde_json::json;

use crate::arguments::Arguments;
use crate::meter::Meter;
use crate::numbered::Numbered;
use crate::{Failure, print};

/// More than any payloads that are waiting have.
const BYTES: usize = usize::MAX / 2;

/// Takes the messages that somebody else publishes, in order.
pub(crate) async fn run(arguments: &Arguments) -> Result<(), Failure> {
    let client = arguments.connect().await?;
    let room = usize::try_from(arguments.total())?;
    let subscription = client.subscribe(&arguments.tenant, &arguments.channel).buffer(room, BYTES).await?;
    let mut messages = Numbered::new(subscription);
    print(&json!({"event": "ready"}))?;
    for _ in 0..arguments.warm_up {
        messages.next().await?;
    }
    messages.next().await?;
    let meter = Meter::start();
    for _ in 1..arguments.messages {
        messages.next().await?;
    }
    print(&meter.result(arguments.messages))?;
    Ok(client.close().await?)
}
