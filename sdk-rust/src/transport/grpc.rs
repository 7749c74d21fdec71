//! Carries session frames over the gRPC stream `PubSubService.Session`.

mod codec;
mod http2;
mod stream;

use std::error::Error;
use std::fmt;

use futures_core::future::BoxFuture;
use http::HeaderValue;
use http::uri::PathAndQuery;
use tokio_util::task::TaskTracker;
use tonic::client::Grpc;
use tonic::metadata::MetadataValue;
use tonic::{Code, Request, Status};

use super::error_info::fault_of_details;
use super::{Connection, Connector, Endpoint, Opening, Security};
use crate::fault::Fault;
use crate::reason::Reason;
use crate::secret::Secret;
use codec::FrameCodec;
pub(crate) use http2::Http2;

const SESSION: PathAndQuery = PathAndQuery::from_static("/fastpubsub.v1.PubSubService/Session");
/// The longest frame that is read, in bytes; a server batches far below it.
const READ_LIMIT: usize = 64 << 20;

/// Makes streams to one address, each over a connection of its own.
pub(crate) struct Dialer {
    connector: Connector,
    tracker: TaskTracker,
}

impl Dialer {
    pub(crate) fn new(endpoint: Endpoint, security: Security, tracker: TaskTracker) -> Self {
        Self { connector: Connector::new(endpoint, security, "h2"), tracker }
    }

    async fn open(&self, token: &Secret) -> Result<Connection, Fault> {
        let http2 = Http2::connect(&self.connector, &self.tracker).await?;
        let (guard, opening) = (http2.guard(), http2.opening());
        let (sender, outgoing) = stream::channel();
        let mut request = Request::new(outgoing);
        authorize(&mut request, token)?;
        let mut client = Grpc::with_origin(http2, self.origin()).max_decoding_message_size(READ_LIMIT);
        client.ready().await.map_err(|cause| self.connector.cannot_talk(&opening, cause))?;
        let response = client.streaming(request, SESSION, FrameCodec).await;
        let incoming = response.map_err(|status| self.fault_of_dial(status, &opening))?.into_inner();
        Ok(stream::connection(sender, incoming, guard))
    }

    fn origin(&self) -> http::Uri {
        origin(&self.connector)
    }

    /// Why no stream came about.
    fn fault_of_dial(&self, status: Status, opening: &Opening) -> Fault {
        let unreachable = is_transport(&status);
        let fault = fault_of(status.clone());
        if *fault.reason() == Reason::ConnectionLost || unreachable {
            return self.connector.cannot_talk(opening, Ended(status));
        }
        fault
    }
}

impl super::Dialer for Dialer {
    fn dial<'a>(&'a self, token: &'a Secret) -> BoxFuture<'a, Result<Connection, Fault>> {
        Box::pin(self.open(token))
    }

    fn address(&self) -> &str {
        self.connector.address()
    }
}

/// The scheme and the authority of requests.
pub(crate) fn origin(connector: &Connector) -> http::Uri {
    let scheme = if connector.endpoint.secure { "https" } else { "http" };
    format!("{scheme}://{}", connector.address()).parse().unwrap_or_default()
}

/// Adds a token to a request.
pub(crate) fn authorize<T>(request: &mut Request<T>, token: &Secret) -> Result<(), Fault> {
    let mut value = HeaderValue::from_str(&format!("Bearer {}", token.reveal()))
        .map_err(|_| Fault::new(Reason::TokenInvalid, "the token cannot be sent"))?;
    value.set_sensitive(true);
    let value = MetadataValue::try_from(value.as_bytes())
        .map_err(|_| Fault::new(Reason::TokenInvalid, "the token cannot be sent"))?;
    request.metadata_mut().insert("authorization", value);
    Ok(())
}

/// Whether a status was made here, because the connection failed.
pub(crate) fn is_transport(status: &Status) -> bool {
    status.source().is_some()
}

/// Why a stream ended.
fn fault_of(status: Status) -> Fault {
    if let Some(refusal) = fault_of_details(status.details(), status.message()) {
        return refusal;
    }
    if is_transport(&status) {
        return Fault::new(Reason::ConnectionLost, "the connection broke").caused_by(Ended(status));
    }
    let (reason, text) = match status.code() {
        Code::Unauthenticated => (Reason::TokenInvalid, "the server refused the token"),
        Code::ResourceExhausted => (Reason::RateLimited, "the server refused the connection"),
        Code::Internal => (Reason::Internal, "the server failed"),
        Code::Unimplemented | Code::PermissionDenied | Code::NotFound => {
            let text = "the server does not offer the session; is the address right?";
            return Fault::new(Reason::Unreachable, text).caused_by(Ended(status)).into_final();
        }
        _ => (Reason::ConnectionLost, "the connection broke"),
    };
    Fault::new(reason, text).caused_by(Ended(status))
}

/// A status as a cause: it says what is wrong, without the names that tonic and hyper
/// have for it.
#[derive(Debug)]
struct Ended(Status);

impl fmt::Display for Ended {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.message() {
            "" => f.write_str(self.0.code().description()),
            message => f.write_str(message),
        }
    }
}

impl Error for Ended {
    /// What lies beneath the error whose text is the status's; one of the network
    /// itself, which may have wrapped another, stays.
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.0.source().and_then(|error| if error.is::<std::io::Error>() { Some(error) } else { error.source() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vectors::{Arrival, Bytes, Refusal};

    #[test]
    fn the_text_of_a_broken_stream_is_for_people() {
        let broken = std::io::Error::new(std::io::ErrorKind::ConnectionReset, "reset by peer");
        let error = crate::Error::from(fault_of(Status::from_error(Box::new(broken))));
        assert_eq!(error.reason(), &Reason::ConnectionLost);
        let text = format!("{error:#}");
        assert!(text.contains("the connection broke: ") && text.contains("reset by peer"), "{text}");
        assert!(!text.contains("Custom {") && !text.contains("Status"), "{text}");
    }

    // ER-2, ER-4, SF-18: the vectors that all SDKs share.
    #[test]
    fn statuses() {
        Refusal::check_all(|arrival| {
            let Arrival::Grpc(end) = arrival else {
                return None;
            };
            let details = end.details.as_ref().map(Bytes::get).unwrap_or_default();
            match Code::from_i32(end.code) {
                Code::Ok => Some(stream::ended()),
                code => Some(fault_of(Status::with_details(code, &end.message, details))),
            }
        });
    }
}
