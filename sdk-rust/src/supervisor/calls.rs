use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, timeout_at};

use super::Supervisor;
use crate::deadline;
use crate::fault::Fault;
use crate::name;
use crate::outbox::Ticket;
use crate::reason::Reason;
use crate::wire::Outgoing;

/// How many bytes of a frame are not payload, tenant or channel, at most.
const FRAME_RESERVE: usize = 64;

impl Supervisor {
    /// Checks a message, queues it, and waits until it is acknowledged, or, without
    /// `ack`, handed over. When this is dropped before, a message that has not been
    /// sent never will be.
    pub(crate) async fn publish(&self, mut message: Outgoing<'_>, ack: bool, wait: Duration) -> Result<(), Fault> {
        let deadline = deadline::after(wait);
        self.check(&mut message)?;
        let queued = timeout_at(deadline, self.outbox.publish(&message, ack)).await;
        let ticket = queued.unwrap_or_else(|_| {
            Err(Fault::timed_out("the message was not sent: the buffer for publishes stayed full", wait))
        })?;
        match ticket {
            None => Ok(()),
            Some(ticket) => self.await_ticket(ticket, deadline, wait).await,
        }
    }

    /// Refuses what the server would refuse (SDK-16).
    fn check(&self, message: &mut Outgoing<'_>) -> Result<(), Fault> {
        let limits = *self.limits.read();
        message.tenant = name::tenant(message.tenant, limits.tenant)?;
        name::channel(message.channel, limits.channel)?;
        let reserve = FRAME_RESERVE + message.tenant.len() + message.channel.len();
        let largest = limits.payload.min(limits.frame.saturating_sub(reserve));
        let size = message.payload.len();
        if size > largest {
            let text = format!("the payload has {size} bytes; at most {largest} are accepted");
            return Err(Fault::new(Reason::PayloadTooLarge, text));
        }
        Ok(())
    }

    async fn await_ticket(&self, ticket: Arc<Ticket>, deadline: Instant, wait: Duration) -> Result<(), Fault> {
        let waiting = Waiting { supervisor: self, ticket: &ticket };
        let outcome = timeout_at(deadline, ticket.receipt.wait()).await;
        if let Ok(outcome) = outcome {
            return outcome;
        }
        self.outbox.withdraw(&ticket, || Fault::timed_out("the message was not sent: there was no connection", wait));
        drop(waiting);
        ticket.receipt.outcome().unwrap_or_else(|| {
            let text = "the message was sent but not acknowledged, and may have been delivered: no answer";
            Err(Fault::timed_out(text, wait))
        })
    }

    /// Waits until the server has handled everything that was called before, and gives
    /// the round-trip time.
    pub(crate) async fn ping(&self, wait: Duration) -> Result<Duration, Fault> {
        let deadline = deadline::after(wait);
        timeout_at(deadline, self.outbox.ping().wait())
            .await
            .unwrap_or_else(|_| Err(Fault::timed_out("the server has not answered the ping", wait)))?;
        Ok(self.rtt().unwrap_or_default())
    }
}

/// Gives a publish up when its caller does.
struct Waiting<'a> {
    supervisor: &'a Supervisor,
    ticket: &'a Ticket,
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.supervisor
            .outbox
            .withdraw(self.ticket, || Fault::new(Reason::Canceled, "the caller gave up; the message was not sent"));
    }
}
