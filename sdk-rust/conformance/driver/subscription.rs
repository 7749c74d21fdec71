use std::sync::Arc;

use fastpubsub::{Event, Message, Subscription};
use futures_util::StreamExt;
use tokio::sync::{mpsc, oneshot};

use crate::answer::{Failure, sdk_error};
use crate::driver::Driver;
use crate::generated::contract::MessageId;
use crate::generated::pipe::{Lagged, MessageReceived, SdkError, SubscribeCommand, SubscriptionEnded, event};

/// Bytes of payloads in a subscription's buffer: the SDK's default.
const BUFFER_BYTES: usize = 8 << 20;

/// What the task that takes a subscription's messages is told.
enum Order {
    Pause(bool),
    /// To end the subscription, and say how that went.
    Unsubscribe(oneshot::Sender<Result<(), fastpubsub::Error>>),
    /// To drop the subscription where it is.
    LetGo,
}

/// Steers the task that takes a subscription's messages.
#[derive(Clone)]
pub(crate) struct Consumer {
    /// The client that has subscribed.
    pub(crate) client: u64,
    orders: mpsc::UnboundedSender<Order>,
}

impl Consumer {
    /// Ends the subscription in order. When it has ended it succeeds.
    pub(crate) async fn unsubscribe(&self) -> Result<(), Failure> {
        let (reply, unsubscribed) = oneshot::channel();
        if self.orders.send(Order::Unsubscribe(reply)).is_ok()
            && let Ok(outcome) = unsubscribed.await
        {
            outcome?;
        }
        Ok(())
    }

    /// Drops the subscription.
    pub(crate) fn let_go(&self) {
        // One that has ended is dropped already.
        let _ = self.orders.send(Order::LetGo);
    }

    /// Begins no further read, or reads again.
    pub(crate) fn pause(&self, paused: bool) {
        // A subscription that has ended is not read any more.
        let _ = self.orders.send(Order::Pause(paused));
    }
}

impl Driver {
    /// Subscribes and begins to take messages.
    pub(crate) async fn subscribe(self: &Arc<Self>, command: SubscribeCommand) -> Result<(), Failure> {
        let client = self.client(command.client)?;
        let inner = client.connected().await?;
        let mut subscribe = inner.subscribe(&command.tenant, &command.pattern);
        if let Some(messages) = command.buffer_messages {
            subscribe = subscribe.buffer(messages as usize, BUFFER_BYTES);
        }
        let subscription = subscribe.await?;
        let (orders, given) = mpsc::unbounded_channel();
        self.add_consumer(command.subscription, Consumer { client: command.client, orders });
        self.spawn(self.clone().consume(command.subscription, subscription, given, command.paused));
        Ok(())
    }

    /// Takes messages from the subscription as from any `Stream`, until its end, or until
    /// nobody can resume it.
    async fn consume(
        self: Arc<Self>,
        id: u64,
        mut subscription: Subscription,
        mut orders: mpsc::UnboundedReceiver<Order>,
        mut paused: bool,
    ) {
        let mut steered = true;
        loop {
            tokio::select! {
                biased;
                order = orders.recv(), if steered => match order {
                    Some(Order::Pause(pause)) => paused = pause,
                    Some(Order::Unsubscribe(mut reply)) => tokio::select! {
                        biased;
                        () = reply.closed() => {} // the command was given up
                        outcome = subscription.unsubscribe() => {
                            // Whoever asked may have gone.
                            let _ = reply.send(outcome);
                        }
                    },
                    Some(Order::LetGo) => return,
                    None if paused => return,
                    None => steered = false,
                },
                event = subscription.next(), if !paused => match event {
                    Some(Ok(event)) => self.output.event(taken(id, event)),
                    // The error is the last item.
                    Some(Err(error)) => return self.output.event(ended(id, Some(sdk_error(&error)))),
                    None => return self.output.event(ended(id, None)),
                },
            }
        }
    }
}

fn taken(subscription: u64, event: Event) -> event::Event {
    match event {
        Event::Message(message) => event::Event::Message(received(subscription, message)),
        Event::Lagged(lagged) => event::Event::Lagged(Lagged { subscription, messages: lagged.missed }),
        unknown => event::Event::SubscriptionEnded(SubscriptionEnded {
            subscription,
            error: Some(SdkError { message: format!("an event that is unknown: {unknown:?}"), ..SdkError::default() }),
        }),
    }
}

fn received(subscription: u64, message: Message) -> MessageReceived {
    MessageReceived {
        subscription,
        tenant: message.tenant.to_string(),
        channel: message.channel.to_string(),
        message_id: Some(MessageId { origin: message.id.origin, sequence: message.id.sequence }),
        published_at: Some(message.published_at().into()),
        payload: message.payload,
    }
}

fn ended(subscription: u64, error: Option<SdkError>) -> event::Event {
    event::Event::SubscriptionEnded(SubscriptionEnded { subscription, error })
}
