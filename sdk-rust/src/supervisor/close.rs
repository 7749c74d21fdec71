use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, timeout_at};

use super::Supervisor;
use crate::fault::Fault;
use crate::reason::Reason;
use crate::state::State;

/// How much longer than asked a close waits for handlers of the application that
/// take their time.
const HANDLER_TIME: Duration = Duration::from_secs(1);

impl Supervisor {
    /// Ends the client: it refuses new publishes, waits until the server has handled
    /// what was handed over, ends the subscriptions, and leaves nothing running
    /// (SDK-17). The deadline bounds the waiting; when it passes first, what was not
    /// flushed fails, and the answer says so.
    pub(crate) async fn close(&self, deadline: Instant) -> Result<(), Fault> {
        self.outbox.seal(&self.closed);
        let flushed = self.flush(deadline).await;
        self.standing.lock().closing.get_or_insert(deadline);
        self.life.cancel();
        let patience = deadline.max(Instant::now()) + HANDLER_TIME;
        let _ = timeout_at(patience, self.done.cancelled()).await;
        flushed
    }

    /// Waits until everything that was published has been sent and answered. A client
    /// without a connection and without anything to send has nothing to wait for.
    async fn flush(&self, deadline: Instant) -> Result<(), Fault> {
        let flushed = async {
            loop {
                let changed = self.changed.notified();
                if self.state() != State::Connected && self.outbox.is_flushed() {
                    return;
                }
                let answered = self.outbox.ping();
                tokio::pin!(changed);
                tokio::select! {
                    biased;
                    outcome = answered.wait() => match outcome {
                        Ok(()) => return,
                        // The connection broke, and the one that has taken over answers
                        // the next ping; or the client ends, and nothing answers.
                        Err(_) if self.life.is_cancelled() => self.done.cancelled().await,
                        Err(_) => {}
                    },
                    () = &mut changed => {}
                }
            }
        };
        timeout_at(deadline, flushed).await.map_err(|_| {
            let text = "not everything was flushed when the client was closed";
            Fault::new(Reason::TimedOut, text)
        })
    }

    /// Bounds an orderly end of a session. Without a close it is to end at once.
    pub(super) fn closing_time(&self) -> Instant {
        self.standing.lock().closing.unwrap_or_else(Instant::now)
    }

    /// Ends what outlives a session.
    pub(super) async fn shut(self: &Arc<Self>, cause: Fault) {
        self.life.cancel();
        self.config.tracker.close();
        self.config.tracker.wait().await;
        let quietly = cause.is(&self.closed);
        let dropped = self.outbox.fail(&cause);
        if dropped > 0 {
            let text = format!("the client ended with {dropped} unacknowledged publishes that had not been sent");
            self.report(&Fault::new(Reason::ConnectionLost, text));
        }
        self.registry.end(&cause, quietly);
        self.set_status(State::Closed, if quietly { None } else { Some(cause) });
        self.notifier.finish().await;
        self.done.cancel();
    }
}
