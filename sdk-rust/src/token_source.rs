use std::error::Error as StdError;
use std::fmt;
use std::future::Future;
use std::pin::Pin;

use crate::error::Error;
use crate::fault::{Cause, Fault};
use crate::reason::Reason;

/// What [`TokenSource::token`] gives.
pub type TokenFuture<'a> = Pin<Box<dyn Future<Output = Result<String, TokenSourceError>> + Send + 'a>>;

/// Gives access tokens. A client asks before every attempt to connect and shortly
/// before the token in use expires; a fresh token replaces the old one without
/// reconnecting.
///
/// Functions that return a future of a token are sources:
///
/// ```no_run
/// # async fn fetch_token() -> Result<String, std::io::Error> { Ok(String::new()) }
/// # async fn run() -> Result<(), fastpubsub::Error> {
/// let client = fastpubsub::Client::builder("wss://pubsub.example.com/ws")
///     .token_source(|| async { Ok(fetch_token().await?) })
///     .connect()
///     .await?;
/// # drop(client); Ok(()) }
/// ```
pub trait TokenSource: Send + Sync + 'static {
    /// Gives a token that is valid now. The future is dropped when it takes longer
    /// than an attempt to connect may.
    fn token(&self) -> TokenFuture<'_>;
}

impl<F, R> TokenSource for F
where
    F: Fn() -> R + Send + Sync + 'static,
    R: Future<Output = Result<String, TokenSourceError>> + Send + 'static,
{
    fn token(&self) -> TokenFuture<'_> {
        Box::pin(self())
    }
}

/// Why a [`TokenSource`] gave no token. Any error turns into one with `?`; the
/// client then tries again later, unless it was an [`Error`] that is not
/// retryable.
pub struct TokenSourceError {
    cause: Cause,
    permanent: bool,
}

impl TokenSourceError {
    /// A failure that another try does not mend: the client gives up connecting.
    pub fn permanent(cause: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self { cause: cause.into().into(), permanent: true }
    }

    pub(crate) fn into_fault(self) -> Fault {
        let failed = Fault::new(Reason::TokenSourceFailed, "the token source gave no token").with_cause(self.cause);
        if self.permanent { failed.into_final() } else { failed }
    }
}

impl<E: StdError + Send + Sync + 'static> From<E> for TokenSourceError {
    fn from(cause: E) -> Self {
        let permanent = (&cause as &dyn StdError).downcast_ref::<Error>().is_some_and(|refusal| !refusal.retryable());
        Self { cause: std::sync::Arc::new(cause), permanent }
    }
}

impl fmt::Debug for TokenSourceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenSourceError").field("cause", &self.cause).field("permanent", &self.permanent).finish()
    }
}
