use serde::Deserialize;

use super::{Bytes, Number, Refusal};
use crate::fault::Fault;

macro_rules! arrival {
    ($($name:ident { $($(#[$attribute:meta])* $field:ident: $type:ty,)+ })+) => {$(
        #[derive(Debug, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub(crate) struct $name {
            $($(#[$attribute])* pub(crate) $field: $type,)+
        }
    )+};
}

arrival! {
    Failure {
        request_id: Number,
        reason: i32,
        message: String,
        retryable: bool,
        closes_session: bool,
    }
    Close {
        code: u16,
        text: String,
    }
    Http {
        status: u16,
        content_type: String,
        body: String,
    }
    Grpc {
        code: i32,
        message: String,
        details: Option<Bytes>,
        #[serde(rename = "error_info")]
        _error_info: Option<serde_json::Value>,
    }
}

/// How a refusal arrives.
pub(crate) enum Arrival<'a> {
    Failure(&'a Failure),
    Close(&'a Close),
    Http(&'a Http),
    Grpc(&'a Grpc),
}

impl Refusal {
    fn arrival(&self) -> Arrival<'_> {
        match (&self.failure, &self.close, &self.http, &self.grpc) {
            (Some(failure), None, None, None) => Arrival::Failure(failure),
            (None, Some(close), None, None) => Arrival::Close(close),
            (None, None, Some(http), None) => Arrival::Http(http),
            (None, None, None, Some(grpc)) => Arrival::Grpc(grpc),
            _ => panic!("{}: not exactly one arrival", self.name),
        }
    }

    /// Checks what the SDK makes of the refusal, if that is what arrives.
    fn check(&self, made: impl FnOnce(Arrival<'_>) -> Option<Fault>) -> bool {
        let Some(made) = made(self.arrival()) else {
            return false;
        };
        assert_eq!(made.reason().as_str(), self.reason, "{}", self.name);
        assert_eq!(made.retryable(), self.retryable, "{}", self.name);
        match &self.text {
            Some(text) => assert_eq!(made.text(), text, "{}", self.name),
            None => assert!(!made.text().is_empty(), "{}", self.name),
        }
        true
    }

    /// Checks all refusals of the file that arrive in some way; there is one.
    pub(crate) fn check_all(made: impl Fn(Arrival<'_>) -> Option<Fault>) {
        let checked = super::load::<Self>("errors.json").iter().filter(|case| case.check(&made)).count();
        assert!(checked > 0);
    }
}
