use std::future::Future;
use std::sync::Arc;

use bytes::Bytes;
use tokio::time::Instant;

use super::Session;
use super::command::{Command, lost};
use crate::fault::Fault;
use crate::outbox::{self, Batch, Ticket};
use crate::reason::Reason;
use crate::receipt::Receipt;
use crate::registry::{Action, Route, Telling};
use crate::transport::Sender;
use crate::wire;

/// The sender has failed, or the session has ended: the writer stops.
pub(super) struct Stopped;

impl Session {
    /// Sends what is pending, and sleeps when there is nothing.
    pub(super) async fn write(self: Arc<Self>, mut sender: Box<dyn Sender>) {
        let writing = self.send_pending(&mut *sender);
        let _ = self.unless_done(writing).await;
    }

    async fn unless_done<T>(&self, work: impl Future<Output = Result<T, Stopped>>) -> Result<T, Stopped> {
        tokio::select! {
            biased;
            () = self.done.cancelled() => Err(Stopped),
            outcome = work => outcome,
        }
    }

    async fn send_pending(self: &Arc<Self>, sender: &mut dyn Sender) -> Result<(), Stopped> {
        let max_frame = self.welcome().limits.frame;
        let mut batch = Batch::default();
        loop {
            if let Some(frame) = self.next_control() {
                self.transmit(sender, frame).await?;
            } else if self.config.outbox.take(&self.consumer, max_frame, &mut batch) {
                self.send_batch(sender, &mut batch).await?;
            } else if self.is_finishing() {
                sender.close().await;
                return Ok(());
            } else {
                self.consumer.wake().await;
            }
        }
    }

    fn next_control(&self) -> Option<Bytes> {
        self.pending.lock().control.pop_front()
    }

    fn is_finishing(&self) -> bool {
        let pending = self.pending.lock();
        pending.finishing && pending.control.is_empty()
    }

    /// Hands a frame to the transport. After a failure nothing more is sent, and the
    /// reader gets some time to learn from the peer what is wrong.
    async fn transmit(self: &Arc<Self>, sender: &mut dyn Sender, frame: Bytes) -> Result<(), Stopped> {
        match sender.send(frame).await {
            Ok(()) => Ok(()),
            Err(cause) => {
                self.end_later(cause);
                Err(Stopped)
            }
        }
    }

    /// Sends what the outbox gave.
    async fn send_batch(self: &Arc<Self>, sender: &mut dyn Sender, batch: &mut Batch) -> Result<(), Stopped> {
        if batch.too_large > 0 {
            let text =
                format!("{} unacknowledged publishes are longer than a frame of this server may be", batch.too_large);
            (self.config.report)(Fault::new(Reason::PayloadTooLarge, text));
        }
        if let Some(command) = batch.command.take() {
            self.send_command(command);
            return Ok(());
        }
        if batch.frame.is_empty() {
            return Ok(());
        }
        let mut handing = Handing { session: self, batch, sent: false };
        handing.expect()?;
        let frame = std::mem::take(&mut handing.batch.frame);
        let sent = self.transmit(sender, frame).await;
        handing.sent = sent.is_ok();
        sent
    }

    /// Sends a command from the outbox.
    fn send_command(self: &Arc<Self>, command: outbox::Command) {
        match command {
            outbox::Command::Ping(receipt) => self.ping(receipt),
            outbox::Command::Sync { route, receipt } => match self.ledger.sync(&route) {
                Action::Subscribe(telling) => self.send_subscribe(telling, receipt),
                Action::Unsubscribe => {
                    let command = Command::Unsubscribe { route: route.clone(), receipt };
                    self.send_unsubscribe(command, &route);
                }
                Action::Nothing => {
                    if let Some(receipt) = receipt {
                        receipt.complete(Ok(()));
                    }
                }
            },
        }
    }

    fn send_subscribe(&self, telling: Telling, receipt: Option<Receipt>) {
        let route = telling.route.clone();
        let command = Command::Subscribe { telling, receipt };
        self.send(command, |id| wire::subscribe(id, &route.tenant, &route.pattern));
    }

    pub(super) fn send_resubscribe(&self, telling: Telling, receipt: Receipt) {
        let route = telling.route.clone();
        let command = Command::Resubscribe { telling, receipt };
        self.send(command, |id| wire::subscribe(id, &route.tenant, &route.pattern));
    }

    pub(super) fn send_unsubscribe(&self, command: Command, route: &Route) {
        self.send(command, |id| wire::unsubscribe(id, &route.tenant, &route.pattern));
    }
}

/// A frame of publishes on its way to the transport. However that ends, also when
/// the writer is stopped in the middle, whoever waits for it is told.
struct Handing<'a> {
    session: &'a Session,
    batch: &'a mut Batch,
    sent: bool,
}

impl Handing<'_> {
    /// Records publishes before they are sent, so that no answer comes too early.
    /// When the session has ended already, they have failed.
    fn expect(&mut self) -> Result<(), Stopped> {
        let acks = self.batch.acks.drain(..);
        {
            let mut pending = self.session.pending.lock();
            if !pending.ended {
                pending.publishes.extend(acks);
                return Ok(());
            }
        }
        let cause = self.session.cause();
        let failed: Vec<Arc<Ticket>> = acks.map(|(_, ticket)| ticket).collect();
        for ticket in &failed {
            ticket.receipt.complete(Err(lost(Some(&cause))));
        }
        self.session.config.outbox.release(failed.len());
        Err(Stopped)
    }
}

impl Drop for Handing<'_> {
    fn drop(&mut self) {
        let unwaited = self.batch.unacknowledged - self.batch.handed.len();
        for ticket in self.batch.handed.drain(..) {
            ticket.receipt.complete(if self.sent { Ok(()) } else { Err(lost(None)) });
        }
        if !self.sent && unwaited > 0 {
            let text = format!(
                "the connection broke while {unwaited} unacknowledged publishes were being sent; they may be lost"
            );
            (self.session.config.report)(Fault::new(Reason::ConnectionLost, text));
        }
    }
}

impl Session {
    /// Ends the session unless the reader does it first, soon.
    pub(super) fn end_later(self: &Arc<Self>, cause: Fault) {
        {
            let mut pending = self.pending.lock();
            if pending.ended || pending.last_word {
                return;
            }
            pending.last_word = true;
        }
        let session = self.clone();
        let at = Instant::now() + super::end::LAST_WORD_TIME;
        self.config.tracker.spawn(async move {
            tokio::select! {
                () = session.done.cancelled() => {}
                () = tokio::time::sleep_until(at) => session.end(cause),
            }
        });
    }
}
