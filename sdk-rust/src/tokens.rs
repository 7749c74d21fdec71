//! Reaches the token service of a server: over the Connect protocol on its HTTP port,
//! or over gRPC. Each call has a connection of its own.

#[cfg(feature = "websocket")]
mod connect;
#[cfg(feature = "grpc")]
mod grpc;

use futures_core::future::BoxFuture;

use crate::fault::Fault;
use crate::generated as proto;
use crate::reason::Reason;
use crate::secret::Secret;
use crate::transport::{Endpoint, Kind, Security, not_built_in};

type Answer<'a, T> = BoxFuture<'a, Result<T, Fault>>;

/// The token service.
pub(crate) trait Service: Send + Sync {
    fn create(&self, request: proto::CreateTokenRequest) -> Answer<'_, proto::CreateTokenResponse>;
    fn refresh(&self, request: proto::RefreshTokenRequest) -> Answer<'_, proto::RefreshTokenResponse>;
    fn revoke(&self, request: proto::RevokeTokenRequest) -> Answer<'_, proto::RevokeTokenResponse>;
    fn list(&self, request: proto::ListTokensRequest) -> Answer<'_, proto::ListTokensResponse>;
}

/// Makes a service for an address.
pub(crate) fn open(address: &str, master: Secret, security: Security) -> Result<Box<dyn Service>, Fault> {
    let endpoint = Endpoint::parse_administration(address)?;
    security.check(endpoint.secure)?;
    match endpoint.kind {
        #[cfg(feature = "websocket")]
        Kind::Http => Ok(Box::new(connect::OverConnect::new(endpoint, master, security))),
        #[cfg(feature = "grpc")]
        Kind::Grpc => Ok(Box::new(grpc::OverGrpc::new(endpoint, master, security))),
        kind => {
            let _ = master;
            Err(not_built_in(kind))
        }
    }
}

/// How a call can fail without a reason of the catalogue; the codes of gRPC and Connect.
enum Unreasoned {
    Unauthenticated,
    InvalidArgument,
    ResourceExhausted,
    Internal,
    NotOffered,
    Other,
}

/// The fault of an answer without a reason: of a proxy, or of something that is no
/// `FastPubSub` server. None when there was no answer.
fn fault_of(unreasoned: &Unreasoned, address: &str) -> Option<Fault> {
    Some(match unreasoned {
        Unreasoned::Unauthenticated => Fault::new(Reason::MasterTokenInvalid, "the server refused the master token"),
        Unreasoned::InvalidArgument => Fault::new(Reason::RequestInvalid, "the server refused the request"),
        Unreasoned::ResourceExhausted => Fault::new(Reason::RateLimited, "the server refused the request"),
        Unreasoned::Internal => Fault::new(Reason::Internal, "the server failed"),
        Unreasoned::NotOffered => {
            let text = format!("there is no token service at {address}; is the address right?");
            Fault::new(Reason::Unreachable, text).into_final()
        }
        Unreasoned::Other => return None,
    })
}
