use fastpubsub::Error;

use crate::generated::pipe::{Canceled, SdkError, Success, result::Outcome, success::Value};

/// What a command gives: a value if there is one, or why it failed.
pub(crate) type Answer = Result<Option<Value>, Failure>;

/// Why a command failed.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The SDK's own error.
    Sdk(SdkError),
    /// The SDK cannot do it.
    Unsupported(String),
    /// The driver failed, or the runner has asked for nonsense.
    Fault(String),
    /// The call was given up: in this SDK that means to drop its future, which then
    /// gives no error of its own.
    Canceled,
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Sdk(sdk_error(&error))
    }
}

/// All that an error of the SDK says, causes included.
pub(crate) fn sdk_error(error: &Error) -> SdkError {
    SdkError { reason: error.reason().as_str().to_owned(), retryable: error.retryable(), message: format!("{error:#}") }
}

pub(crate) fn outcome(answer: Answer) -> Outcome {
    match answer {
        Ok(value) => Outcome::Success(Success { value }),
        Err(Failure::Sdk(error)) => Outcome::Error(error),
        Err(Failure::Unsupported(what)) => Outcome::Unsupported(what),
        Err(Failure::Fault(problem)) => Outcome::Fault(problem),
        Err(Failure::Canceled) => Outcome::Canceled(Canceled {}),
    }
}
