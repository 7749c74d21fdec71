use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, timeout_at};
use tokio_util::sync::CancellationToken;

use super::connect::RESUBSCRIBE_TIME;
use super::{Runner, Supervisor};
use crate::fault::Fault;
use crate::session::Session;
use crate::state::State;

/// How long an overlap is: for messages that were published before the new
/// connection was subscribed and that are still on their way between the nodes;
/// during it only the old connection's deliveries are shown.
const OVERLAP_TIME: Duration = Duration::from_millis(500);
/// For the old server to answer, at most.
const FENCE_TIME: Duration = Duration::from_secs(5);
/// For the closing handshake.
const PARTING_TIME: Duration = Duration::from_secs(2);

impl Runner {
    /// Makes a new session before it breaks the old one (SDK-9).
    ///
    /// 1. The new session connects and subscribes to everything. The old one goes on.
    /// 2. Sending pauses, until the old server has handled what was sent to it; then
    ///    the new session sends. So publishes keep their order.
    /// 3. After the overlap everything is unsubscribed on the old session. Its
    ///    acknowledgements come behind its last delivery: then the new session's
    ///    deliveries are shown.
    /// 4. The old session closes.
    pub(super) async fn move_on(&mut self, old: Arc<Session>) -> Result<Arc<Session>, Fault> {
        let going = old.going();
        tracing::info!(reason = %going.reason, text = going.text, "the server asks to move");
        let supervisor = self.supervisor.clone();
        let connected = tokio::select! {
            connected = self.connect(Some(&old), false) => connected,
            never = supervisor.watch(&old) => match never {},
        };
        let next = match connected {
            Ok(next) => next,
            Err(failure) => return Err(supervisor.outlast(&old, failure).await),
        };
        let retired = CancellationToken::new();
        self.retired = retired.clone();
        supervisor.config.tracker.clone().spawn(async move {
            supervisor.retire(&old).await;
            retired.cancel();
        });
        Ok(next)
    }
}

impl Supervisor {
    /// Looks after an old session while its successor is being made.
    async fn watch(self: &Arc<Self>, old: &Session) -> Infallible {
        old.done().await;
        self.outbox.disconnect();
        self.set_status(State::Reconnecting, Some(old.cause()));
        std::future::pending().await
    }

    /// Lets a client whose move has failed for good live as long as its old session
    /// does.
    async fn outlast(&self, old: &Session, failure: Fault) -> Fault {
        tokio::select! {
            () = old.done() => failure,
            () = self.life.cancelled() => {
                old.close(self.closing_time()).await;
                self.closed.clone()
            }
        }
    }

    /// Lets the next session send. While it waits nothing is sent: what the old
    /// session has sent is handled first, and what has been subscribed to since the
    /// next one asked is subscribed there, too.
    pub(super) async fn take_over(&self, old: Option<&Session>, next: &Session) -> Result<(), Fault> {
        self.outbox.pause();
        if let Some(old) = old {
            let _ = timeout_at(soonest(old.going().until, FENCE_TIME), old.fence().wait()).await;
        }
        let mut resubscribed = next.resubscribe(Instant::now() + RESUBSCRIBE_TIME).await;
        if resubscribed.is_ok() && !next.is_alive() {
            resubscribed = Err(next.cause());
        }
        match (&resubscribed, old) {
            (Ok(()), _) => self.outbox.attach(next.consumer()),
            (Err(_), Some(old)) if old.is_alive() => self.outbox.attach(old.consumer()),
            (Err(_), _) => {}
        }
        resubscribed
    }

    /// Ends an old session whose successor has taken over.
    async fn retire(&self, old: &Session) {
        let until = old.going().until;
        let overlap = OVERLAP_TIME.min(until.saturating_duration_since(Instant::now()) / 4);
        tokio::select! {
            () = tokio::time::sleep(overlap) => {}
            () = old.done() => {}
            () = self.life.cancelled() => {}
        }
        tokio::select! {
            biased;
            () = old.retire(soonest(until, FENCE_TIME)) => {}
            () = self.life.cancelled() => {}
        }
        let parting = tokio::select! {
            biased;
            () = self.life.cancelled() => Instant::now(),
            () = old.close(Instant::now() + PARTING_TIME) => return,
        };
        old.close(parting).await;
    }
}

/// The earlier one of a time and the end of a span that starts now.
fn soonest(time: Instant, span: Duration) -> Instant {
    time.min(Instant::now() + span)
}
