//! The conformance vectors that apply to an SDK, for unit tests.

mod bytes;
mod errors;
mod transcripts;

use serde::Deserialize;
use serde::de::DeserializeOwned;

pub(crate) use bytes::{Bytes, Number};
pub(crate) use errors::Arrival;
pub(crate) use transcripts::{Command, Deliveries, Event, Limits};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File<T> {
    #[serde(rename = "description")]
    _description: String,
    cases: Vec<T>,
}

macro_rules! case {
    ($name:ident { $($(#[$attribute:meta])* $field:ident: $type:ty),+ $(,)? }) => {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        pub(crate) struct $name {
            pub(crate) name: String,
            #[serde(rename = "rules")]
            _rules: Vec<String>,
            $($(#[$attribute])* pub(crate) $field: $type,)+
        }
    };
}

case!(Tenant {
    tenant: String,
    normalized: String,
    valid: bool,
    reason: Option<String>,
});

case!(Channel {
    channel: String,
    valid: bool,
    reason: Option<String>,
});

// An SDK keeps no normal form: the last three members are for those who do.
case!(Pattern {
    pattern: String,
    valid: bool,
    reason: Option<String>,
    #[serde(rename = "literal")]
    _literal: Option<bool>,
    #[serde(rename = "matchers")]
    _matchers: Option<serde_json::Value>,
    #[serde(rename = "open")]
    _open: Option<bool>,
});

case!(Match {
    pattern: String,
    channel: String,
    #[serde(rename = "matches")]
    _matches: bool,
});

case!(Refusal {
    #[serde(rename = "arrival")]
    _arrival: String,
    failure: Option<errors::Failure>,
    close: Option<errors::Close>,
    http: Option<errors::Http>,
    grpc: Option<errors::Grpc>,
    reason: String,
    retryable: bool,
    text: Option<String>,
});

case!(Wait { min_ms: u64, max_ms: u64, failures: u32, fraction: f64, ceiling_ms: f64, wait_ms: f64 });

// The reason of what is not valid is the same for all: the connection is lost.
case!(Transcript {
    kind: String,
    frame: Bytes,
    valid: bool,
    reason: Option<String>,
    command: Option<Command>,
    #[serde(default)]
    canonical: bool,
    event: Option<Event>,
});

/// The cases of one file; there is at least one.
pub(crate) fn load<T: DeserializeOwned>(file: &str) -> Vec<T> {
    let path = format!("{}/../conformance/vectors/{file}", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    let file: File<T> = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{path}: {error}"));
    assert!(!file.cases.is_empty(), "{path} has no case");
    file.cases
}
