use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, timeout_at};

use super::Supervisor;
use crate::credential::Schedule;
use crate::deadline;
use crate::fault::Fault;
use crate::reason::Reason;
use crate::session::{Expiry, Session};

impl Supervisor {
    /// Replaces a session's token shortly before it expires, again and again, as long
    /// as the session lives. When the source fails until the token has expired, the
    /// server ends the session and the client reconnects.
    pub(super) async fn renew_token(self: Arc<Self>, session: Arc<Session>) {
        tokio::select! {
            () = self.renew_while_alive(&session) => {}
            () = session.done() => {}
            () = self.life.cancelled() => {}
        }
    }

    async fn renew_while_alive(self: &Arc<Self>, session: &Session) {
        while let Some(expiry) = session.token_expiry().filter(|expiry| Instant::now() < expiry.at) {
            let plan = Schedule::expiring_after(expiry.at - Instant::now());
            let mut wait = plan.first;
            while Instant::now() < expiry.at {
                tokio::time::sleep(wait).await;
                match self.authenticate(session).await {
                    Ok(()) => break,
                    Err(failure) if session.is_alive() => self.report(&not_renewed(expiry, failure)),
                    Err(_) => return,
                }
                wait = plan.again;
            }
        }
    }

    /// Asks for a token and presents it.
    async fn authenticate(&self, session: &Session) -> Result<(), Fault> {
        let deadline = deadline::after(self.config.attempt_timeout);
        let token = self.config.source.ask(deadline).await?;
        timeout_at(deadline, session.authenticate(&token).wait()).await.unwrap_or_else(|_| {
            Err(Fault::new(Reason::TimedOut, "the server has not answered the fresh token in time"))
        })
    }
}

fn not_renewed(expiry: Expiry, failure: Fault) -> Fault {
    let since = expiry.time.duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    let time = prost_types::Timestamp::from(std::time::UNIX_EPOCH + Duration::from_secs(since.as_secs()));
    failure.prefixed(format!("the token could not be renewed; it expires at {time}"))
}
