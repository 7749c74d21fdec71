//! The one kind of error inside the SDK: a reason, whether trying again makes
//! sense, a text for people and a cause. The public [`Error`](crate::Error) wraps
//! it; nothing else crosses that border.

use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::generated as wire;
use crate::reason::Reason;

/// Whether the same may succeed when it is tried again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Retry {
    /// Never without a change on the client's side.
    No,
    /// With a fresh access token.
    FreshToken,
    /// After the client has given something back or slowed down.
    Later,
    /// With back-off.
    Yes,
}

pub(crate) type Cause = Arc<dyn StdError + Send + Sync>;

/// A refusal or a failure. Immutable, and cheap to clone.
#[derive(Clone, thiserror::Error)]
#[error("{}: {}", .0.reason, .0.text)]
pub(crate) struct Fault(Arc<Inner>);

#[derive(Clone)]
struct Inner {
    reason: Reason,
    retry: Retry,
    text: String,
    cause: Option<Cause>,
}

impl Fault {
    /// A fault whose retry is the catalogue's. The text says, for people, what is
    /// wrong and what to do; it holds no secret.
    pub(crate) fn new(reason: Reason, text: impl Into<String>) -> Self {
        Self(Arc::new(Inner { retry: reason.retry(), reason, text: text.into(), cause: None }))
    }

    /// The same with a cause.
    pub(crate) fn caused_by(self, cause: impl StdError + Send + Sync + 'static) -> Self {
        self.with_cause(Arc::new(cause))
    }

    /// The same with a cause.
    pub(crate) fn with_cause(self, cause: Cause) -> Self {
        self.change(|inner| inner.cause = Some(cause))
    }

    /// The same, but it must not be tried again.
    pub(crate) fn into_final(self) -> Self {
        self.change(|inner| inner.retry = Retry::No)
    }

    /// The same, but it may be tried again.
    pub(crate) fn into_retryable(self) -> Self {
        self.change(|inner| inner.retry = Retry::Yes)
    }

    /// The same with a text in front of its own.
    pub(crate) fn prefixed(self, text: impl fmt::Display) -> Self {
        self.change(|inner| inner.text = format!("{text}: {}", inner.text))
    }

    fn change(mut self, change: impl FnOnce(&mut Inner)) -> Self {
        change(Arc::make_mut(&mut self.0));
        self
    }

    /// The refusal of the session protocol. The catalogue decides whether to retry;
    /// for a reason that this client does not know the server's own word counts.
    pub(crate) fn from_failure(failure: &wire::Failure) -> Self {
        let reason = Reason::from_contract(failure.reason);
        Self::from_server(reason, &failure.message, failure.retryable)
    }

    /// A server's refusal, from any wire.
    pub(crate) fn from_server(reason: Reason, text: &str, retryable: bool) -> Self {
        let unknown = !reason.is_known();
        let made = Self::new(reason, text);
        if unknown && retryable {
            return made.into_retryable();
        }
        made
    }

    /// The fault of a caller whose time has run out. The text says what was given up.
    pub(crate) fn timed_out(text: impl fmt::Display, after: Duration) -> Self {
        Self::new(Reason::TimedOut, format!("{text} within {after:?}"))
    }

    pub(crate) fn reason(&self) -> &Reason {
        &self.0.reason
    }

    pub(crate) fn retry(&self) -> Retry {
        self.0.retry
    }

    pub(crate) fn retryable(&self) -> bool {
        self.0.retry != Retry::No
    }

    pub(crate) fn text(&self) -> &str {
        &self.0.text
    }

    pub(crate) fn cause(&self) -> Option<&Cause> {
        self.0.cause.as_ref()
    }

    /// Whether this is the very fault that the other one is.
    pub(crate) fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// The texts of the fault and of what lies underneath, as far as they add anything.
    pub(crate) fn chain(&self) -> String {
        let mut text = self.to_string();
        let mut cause = self.cause().map(|cause| &**cause as &dyn StdError);
        while let Some(next) = cause {
            let more = next.to_string();
            if !text.contains(&more) {
                text = format!("{text}: {more}");
            }
            cause = next.source();
        }
        text
    }
}

impl fmt::Debug for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fault")
            .field("reason", &self.0.reason)
            .field("retry", &self.0.retry)
            .field("text", &self.0.text)
            .field("cause", &self.0.cause)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vectors::{Arrival, Refusal};

    // ER-1, ER-2, SF-12: the vectors that all SDKs share.
    #[test]
    fn failures() {
        Refusal::check_all(|arrival| {
            let Arrival::Failure(failure) = arrival else {
                return None;
            };
            Some(Fault::from_failure(&wire::Failure {
                request_id: failure.request_id.0,
                reason: failure.reason,
                message: failure.message.clone(),
                retryable: failure.retryable,
                closes_session: failure.closes_session,
            }))
        });
    }

    #[test]
    fn final_keeps_everything_else() {
        let refusal =
            Fault::new(Reason::Unreachable, "cannot connect").caused_by(std::io::Error::other("bad certificate"));
        assert!(refusal.retryable());
        let last = refusal.clone().into_final();
        assert!(!last.retryable());
        assert_eq!(last.chain(), refusal.chain());
        assert_eq!(last.chain(), "UNREACHABLE: cannot connect: bad certificate");
        assert!(refusal.retryable());
    }
}
