//! The conformance vectors that apply to an SDK, for unit tests.

use serde::Deserialize;
use serde::de::DeserializeOwned;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File<T> {
    #[serde(rename = "description")]
    _description: String,
    cases: Vec<T>,
}

macro_rules! case {
    ($name:ident { $($(#[$attribute:meta])* $field:ident: $type:ty,)+ }) => {
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

/// The cases of one file; there is at least one.
pub(crate) fn load<T: DeserializeOwned>(file: &str) -> Vec<T> {
    let path = format!("{}/../conformance/vectors/{file}", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    let file: File<T> = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{path}: {error}"));
    assert!(!file.cases.is_empty(), "{path} has no case");
    file.cases
}
