use prost::Message;

use crate::fault::Fault;
use crate::reason::Reason;

/// The domain of the `ErrorInfo` that carries the catalogue's reason.
const DOMAIN: &str = "fastpubsub.v1";
pub(crate) const TYPE_NAME: &str = "google.rpc.ErrorInfo";

/// `google.rpc.ErrorInfo`.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct ErrorInfo {
    #[prost(string, tag = "1")]
    pub(crate) reason: String,
    #[prost(string, tag = "2")]
    pub(crate) domain: String,
    #[prost(map = "string, string", tag = "3")]
    pub(crate) metadata: std::collections::HashMap<String, String>,
}

impl ErrorInfo {
    /// The refusal that this stands for, when it is of our domain.
    pub(crate) fn fault(&self, text: &str) -> Option<Fault> {
        if self.domain != DOMAIN {
            return None;
        }
        let retryable = self.metadata.get("retryable").is_some_and(|retryable| retryable == "true");
        Some(Fault::from_server(Reason::from_text(&self.reason), text, retryable))
    }
}

/// `google.rpc.Status`, as gRPC carries it beside the status itself.
#[cfg(feature = "grpc")]
#[derive(Clone, PartialEq, Message)]
struct RichStatus {
    #[prost(message, repeated, tag = "3")]
    details: Vec<prost_types::Any>,
}

/// The refusal that the details of a gRPC status carry.
#[cfg(feature = "grpc")]
pub(crate) fn fault_of_details(details: &[u8], text: &str) -> Option<Fault> {
    let status = RichStatus::decode(details).ok()?;
    status
        .details
        .iter()
        .filter(|detail| detail.type_url.ends_with(TYPE_NAME))
        .find_map(|detail| ErrorInfo::decode(detail.value.as_slice()).ok()?.fault(text))
}
