use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, timeout_at};

use super::{Runner, Supervisor};
use crate::deadline;
use crate::fault::{Fault, Retry};
use crate::reason::Reason;
use crate::session::{self, EndOnDrop, Session};
use crate::state::State;

/// Bounds the wait for the acknowledgements of everything that is subscribed to.
pub(super) const RESUBSCRIBE_TIME: Duration = Duration::from_secs(60);

impl Runner {
    /// Makes a new session after one was lost, unless its end is final.
    pub(super) async fn reconnect(&mut self, lost: &Session) -> Result<Arc<Session>, Fault> {
        self.supervisor.outbox.detach(lost.consumer());
        let cause = lost.cause();
        if self.supervisor.ends_client(&cause) {
            return Err(cause);
        }
        self.supervisor.set_status(State::Reconnecting, Some(cause));
        self.connect(None, false).await
    }

    /// Tries until there is a session that has everything and takes from the outbox,
    /// or until there is a final reason. `old` is the session that goes on meanwhile.
    /// Only the first attempt of a new client does not wait.
    pub(super) async fn connect(&mut self, old: Option<&Session>, mut first: bool) -> Result<Arc<Session>, Fault> {
        let supervisor = self.supervisor.clone();
        let mut going = old;
        loop {
            if !first {
                self.wait_for_attempt(&mut going).await?;
            }
            first = false;
            let failure = match supervisor.attempt_while_alive(old).await {
                Ok(next) => {
                    supervisor.adopt(&next);
                    return Ok(next);
                }
                Err(failure) => failure,
            };
            if supervisor.life.is_cancelled() {
                return Err(supervisor.closed.clone());
            }
            let attempt = self.backoff.failures() + 1;
            tracing::warn!(attempt, cause = failure.chain(), "cannot connect, and may try again");
            supervisor.note_failure(&failure);
            if supervisor.stops_attempts(&failure) {
                return Err(failure);
            }
            if *failure.reason() == Reason::TokenSourceFailed {
                supervisor.report(&failure);
            }
        }
    }
}

impl Runner {
    /// Waits before the next attempt; it fails when the client is being closed. `going`
    /// is the session that goes on meanwhile. When it has ended the client is without
    /// a connection, and the waits start over: what failed before, during a move, was
    /// not urgent. Then there is none from there on.
    async fn wait_for_attempt(&mut self, going: &mut Option<&Session>) -> Result<(), Fault> {
        let wait = self.backoff.next();
        let Some(session) = *going else {
            return self.supervisor.sleep(wait).await;
        };
        tokio::select! {
            biased;
            () = session.done() => {
                *going = None;
                self.backoff.reset();
                self.supervisor.sleep(self.backoff.next()).await
            }
            slept = self.supervisor.sleep(wait) => slept,
        }
    }
}

impl Supervisor {
    /// Waits; it fails when the client ends meanwhile.
    async fn sleep(&self, wait: Duration) -> Result<(), Fault> {
        tokio::select! {
            biased;
            () = self.life.cancelled() => Err(self.closed.clone()),
            () = tokio::time::sleep(wait) => Ok(()),
        }
    }

    async fn attempt_while_alive(self: &Arc<Self>, old: Option<&Session>) -> Result<Arc<Session>, Fault> {
        tokio::select! {
            biased;
            () = self.life.cancelled() => Err(self.closed.clone()),
            outcome = self.attempt(old) => outcome,
        }
    }

    /// Makes one session and lets it take over.
    async fn attempt(self: &Arc<Self>, old: Option<&Session>) -> Result<Arc<Session>, Fault> {
        let next = self.establish().await?;
        let attempt = EndOnDrop::new(&next);
        if let Err(failure) = self.take_over(old, &next).await {
            next.end(failure);
            return Err(next.cause());
        }
        attempt.disarm();
        Ok(next)
    }

    /// Makes a session that has everything the application subscribes to.
    async fn establish(self: &Arc<Self>) -> Result<Arc<Session>, Fault> {
        let deadline = deadline::after(self.config.attempt_timeout);
        let token = self.config.source.ask(deadline).await?;
        let dialer = &self.config.dialer;
        let connection = timeout_at(deadline, dialer.dial(&token)).await.unwrap_or_else(|_| {
            let text = format!("cannot connect to {}: there was no answer in time", dialer.address());
            Err(Fault::new(Reason::Unreachable, text))
        })?;
        let session = Session::open(connection, self.session_config(), deadline).await?;
        let attempt = EndOnDrop::new(&session);
        if let Err(failure) = session.resubscribe(Instant::now() + RESUBSCRIBE_TIME).await {
            session.end(failure);
            return Err(session.cause());
        }
        attempt.disarm();
        Ok(session)
    }

    fn session_config(self: &Arc<Self>) -> session::Config {
        let supervisor = Arc::downgrade(self);
        session::Config {
            outbox: self.outbox.clone(),
            registry: self.registry.clone(),
            dispatcher: self.dispatcher.clone(),
            tracker: self.config.tracker.clone(),
            report: Arc::new(move |failure| {
                if let Some(supervisor) = supervisor.upgrade() {
                    supervisor.report(&failure);
                }
            }),
        }
    }

    /// Makes a session that has taken over the client's.
    fn adopt(self: &Arc<Self>, session: &Arc<Session>) {
        let welcome = session.welcome();
        *self.limits.write() = welcome.limits;
        *self.current.write() = Some(session.clone());
        tracing::debug!(
            id = welcome.session_id,
            node = welcome.node,
            server = welcome.server_version,
            "there is a session"
        );
        if self.state() != State::Connected {
            self.set_status(State::Connected, None);
        }
        if self.config.source.is_renewable() {
            self.config.tracker.spawn(self.clone().renew_token(session.clone()));
        }
    }

    /// Whether the end of a session is one that no new session can mend.
    pub(super) fn ends_client(&self, cause: &Fault) -> bool {
        match cause.retry() {
            Retry::No => !matches!(cause.reason(), Reason::Unreachable | Reason::TokenSourceFailed),
            Retry::FreshToken => !self.config.source.is_renewable(),
            Retry::Later | Retry::Yes => false,
        }
    }

    /// Whether another attempt is useless after this failure. What may only be a wrong
    /// setting (a wrong address, a certificate, a token source that refuses) stops a
    /// client that has never been connected; one that has been goes on.
    fn stops_attempts(&self, failure: &Fault) -> bool {
        let never_connected = self.current.read().is_none();
        self.ends_client(failure) || never_connected && !failure.retryable()
    }
}
