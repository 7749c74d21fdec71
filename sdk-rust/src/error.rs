use std::error::Error as StdError;
use std::fmt;

use crate::fault::Fault;
use crate::reason::Reason;

/// What every failing call returns: a [`Reason`], whether the same may succeed
/// later, a text for people, and perhaps a cause. It holds no secret.
///
/// Its text is `REASON: what is wrong and what to do`; the alternate form `{:#}`
/// appends the causes. `{:?}` is the same text with the causes, so that an `unwrap`
/// or a `main` that returns the error shows what people can read; `{:#?}` shows the
/// parts.
///
/// ```
/// # use fastpubsub::{Error, Reason};
/// fn advice(error: &Error) -> &'static str {
///     match error.reason() {
///         Reason::PublishDenied => "ask for a token with more rights",
///         _ if error.retryable() => "try again later",
///         _ => "give up",
///     }
/// }
/// # let _ = advice;
/// ```
#[derive(Clone)]
pub struct Error(Fault);

impl Error {
    /// Why; compare this, never the text.
    #[must_use]
    pub fn reason(&self) -> &Reason {
        self.0.reason()
    }

    /// Whether the same may succeed later. [`Reason::TokenExpired`] may with a
    /// fresh token.
    #[must_use]
    pub fn retryable(&self) -> bool {
        self.0.retryable()
    }

    /// What is wrong and what to do, for people.
    #[must_use]
    pub fn message(&self) -> &str {
        self.0.text()
    }

    pub(crate) fn fault(&self) -> &Fault {
        &self.0
    }
}

impl From<Fault> for Error {
    fn from(fault: Fault) -> Self {
        Self(fault)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if f.alternate() {
            return f.write_str(&self.0.chain());
        }
        self.0.fmt(f)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !f.alternate() {
            return f.write_str(&self.0.chain());
        }
        f.debug_struct("Error")
            .field("reason", self.reason())
            .field("retryable", &self.retryable())
            .field("message", &self.message())
            .field("cause", &self.0.cause())
            .finish()
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.cause().map(|cause| &**cause as &(dyn StdError + 'static))
    }
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;

    // SDK-12: what `fn main() -> Result<(), fastpubsub::Error>` prints is for people.
    #[test]
    fn debug_is_the_text_with_what_the_causes_add() {
        let text = "the access token is empty; give one of the form AT_<id>_<secret>";
        let plain = Error::from(Fault::new(Reason::TokenMissing, text));
        assert_eq!(format!("{plain:?}"), format!("TOKEN_MISSING: {text}"));
        let source = Error::from(Fault::new(Reason::TokenSourceFailed, "no token").caused_by(io::Error::other("full")));
        assert_eq!(format!("{source:?}"), "TOKEN_SOURCE_FAILED: no token: full");
        assert_eq!(format!("{source}"), "TOKEN_SOURCE_FAILED: no token");
        let parts = format!("{source:#?}");
        assert!(parts.contains("retryable: true") && parts.contains("full"), "{parts}");
    }

    #[test]
    fn a_cause_is_not_repeated() {
        let failed =
            Fault::new(Reason::Unreachable, "cannot connect to h:1: refused").caused_by(io::Error::other("refused"));
        assert_eq!(format!("{:?}", Error::from(failed)), "UNREACHABLE: cannot connect to h:1: refused");
    }
}
