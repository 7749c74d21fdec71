use super::Supervisor;
use crate::fault::Fault;
use crate::state::{State, Status};

impl Supervisor {
    /// The state now.
    pub(crate) fn status(&self) -> Status {
        self.standing.lock().status.clone()
    }

    pub(super) fn state(&self) -> State {
        self.standing.lock().status.state
    }

    /// Changes the state and tells the application.
    pub(super) fn set_status(self: &std::sync::Arc<Self>, state: State, cause: Option<Fault>) {
        let was_connected = self.current.read().is_some();
        if let Some(cause) = cause.as_ref().filter(|_| was_connected) {
            tracing::warn!(%state, cause = cause.chain(), "the state has changed");
        } else {
            tracing::debug!(%state, "the state has changed");
        }
        let status = Status::new(state, cause);
        let mut standing = self.standing.lock();
        standing.status = status.clone();
        self.changed.notify_waiters();
        if state == State::Connected {
            self.connected.cancel();
        }
        if self.config.on_status.is_some() {
            let supervisor = self.clone();
            self.notifier.call(move || {
                if let Some(on_status) = &supervisor.config.on_status {
                    on_status(status);
                }
            });
        }
    }

    /// Keeps why the last attempt failed, without a change of state.
    pub(super) fn note_failure(&self, cause: &Fault) {
        let mut standing = self.standing.lock();
        if standing.status.state != State::Connected {
            standing.status.cause = Some(cause.clone().into());
        }
    }

    /// Tells the application of a failure that no call returns.
    pub(super) fn report(self: &std::sync::Arc<Self>, failure: &Fault) {
        if self.config.on_error.is_none() {
            tracing::warn!(error = failure.chain(), "something failed that no call returns");
            return;
        }
        let supervisor = self.clone();
        let told = failure.clone();
        let called = self.notifier.call(move || {
            if let Some(on_error) = &supervisor.config.on_error {
                on_error(told.into());
            }
        });
        if !called {
            tracing::warn!(error = failure.chain(), "the error handler is too slow to be told");
        }
    }
}
