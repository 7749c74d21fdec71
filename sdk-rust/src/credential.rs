//! Where access tokens come from and when a fresh one is due (SDK-2).

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use crate::fault::Fault;
use crate::reason::Reason;
use crate::secret::Secret;
use crate::token_source::TokenSource;

/// How long before its expiry a token is renewed: this, or a third of what is left,
/// if that is less.
const RENEWAL_LEAD: Duration = Duration::from_secs(60);
/// How often that is tried within the lead.
const RENEWAL_TRIES: u32 = 6;
const MIN_RENEWAL_WAIT: Duration = Duration::from_millis(100);

/// A source of access tokens.
#[derive(Clone)]
pub(crate) enum Source {
    /// One token for ever.
    Fixed(Secret),
    /// Asking again can give a fresh token.
    Renewable(Arc<dyn TokenSource>),
}

impl Source {
    pub(crate) fn is_renewable(&self) -> bool {
        matches!(self, Self::Renewable(_))
    }

    /// Asks for a token, until the deadline. A failure of the source is
    /// `TOKEN_SOURCE_FAILED`; it is final when the source said so.
    pub(crate) async fn ask(&self, deadline: Instant) -> Result<Secret, Fault> {
        let token = match self {
            Self::Fixed(token) => token.clone(),
            Self::Renewable(source) => match tokio::time::timeout_at(deadline, source.token()).await {
                Ok(Ok(token)) => Secret::new(token),
                Ok(Err(error)) => return Err(error.into_fault()),
                Err(_) => {
                    return Err(Fault::new(Reason::TokenSourceFailed, "the token source gave no token in time"));
                }
            },
        };
        check(token.reveal())?;
        Ok(token)
    }
}

/// Refuses a text that cannot travel in a header. What it is otherwise is the
/// server's business. The text is never shown.
fn check(token: &str) -> Result<(), Fault> {
    if token.is_empty() {
        let text = "the access token is empty; give one of the form AT_<id>_<secret>";
        return Err(Fault::new(Reason::TokenMissing, text));
    }
    if token.bytes().any(|byte| !byte.is_ascii_graphic()) {
        let text = "the access token has a character that is not visible ASCII; is there a line break in it?";
        return Err(Fault::new(Reason::TokenInvalid, text));
    }
    Ok(())
}

/// The same for a master token.
pub(crate) fn check_master(token: &str) -> Result<(), Fault> {
    if token.is_empty() || token.bytes().any(|byte| !(b' '..=b'~').contains(&byte)) {
        let text =
            "the master token is empty, or has a character that is not printable ASCII; is there a line break in it?";
        return Err(Fault::new(Reason::MasterTokenInvalid, text));
    }
    Ok(())
}

/// When to ask for the next token.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Schedule {
    /// How long to wait before the first try.
    pub(crate) first: Duration,
    /// How long to wait after a try that failed.
    pub(crate) again: Duration,
}

impl Schedule {
    /// Plans the renewal of a token that expires after a time.
    pub(crate) fn expiring_after(left: Duration) -> Self {
        let lead = RENEWAL_LEAD.min(left / 3);
        Self {
            first: left.saturating_sub(lead).max(MIN_RENEWAL_WAIT),
            again: (lead / RENEWAL_TRIES).max(MIN_RENEWAL_WAIT),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::token_source::TokenSourceError;

    fn soon() -> Instant {
        Instant::now() + Duration::from_secs(5)
    }

    async fn ask(source: impl TokenSource) -> Result<Secret, Fault> {
        Source::Renewable(Arc::new(source)).ask(soon()).await
    }

    // SDK-2
    #[tokio::test(start_paused = true)]
    async fn a_source_is_asked() {
        let token = ask(|| async { Ok("AT_1_2".to_owned()) }).await.unwrap();
        assert_eq!(token.reveal(), "AT_1_2");
        let token = Source::Fixed(Secret::new("AT_3_4")).ask(soon()).await.unwrap();
        assert_eq!(token.reveal(), "AT_3_4");
    }

    #[tokio::test(start_paused = true)]
    async fn a_source_that_fails() {
        let failed = ask(|| async { Err(std::io::Error::other("no network").into()) }).await.unwrap_err();
        assert_eq!(failed.reason(), &Reason::TokenSourceFailed);
        assert!(failed.retryable());
        assert!(failed.chain().ends_with("no network"));
        let last = ask(|| async { Err(TokenSourceError::permanent("signed out")) }).await.unwrap_err();
        assert!(!last.retryable());
        let late = ask(std::future::pending::<Result<String, TokenSourceError>>).await.unwrap_err();
        assert_eq!(late.reason(), &Reason::TokenSourceFailed);
        assert!(late.retryable());
    }

    // SDK-19: what is wrong with a token is said without showing it.
    #[tokio::test]
    async fn a_token_that_cannot_travel() {
        let missing = Source::Fixed(Secret::new("")).ask(soon()).await.unwrap_err();
        assert_eq!(missing.reason(), &Reason::TokenMissing);
        let invalid = Source::Fixed(Secret::new("AT_hidden\n")).ask(soon()).await.unwrap_err();
        assert_eq!(invalid.reason(), &Reason::TokenInvalid);
        assert!(!invalid.chain().contains("hidden"));
    }

    // SDK-2: shortly before expiry, with room for more tries.
    #[test]
    fn schedules() {
        let seconds = Duration::from_secs;
        let plan = |left| Schedule::expiring_after(left);
        assert_eq!(plan(seconds(3600)), Schedule { first: seconds(3540), again: seconds(10) });
        assert_eq!(plan(seconds(36)), Schedule { first: seconds(24), again: seconds(2) });
        assert_eq!(plan(Duration::ZERO), Schedule { first: MIN_RENEWAL_WAIT, again: MIN_RENEWAL_WAIT });
    }
}
