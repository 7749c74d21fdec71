use std::future::Future;

use tokio_util::task::TaskTracker;
use tonic::{Code, Request, Response, Status};

use super::{Answer, Service, Unreasoned, fault_of};
use crate::fault::Fault;
use crate::generated::token_service_client::TokenServiceClient;
use crate::generated::{self as proto};
use crate::secret::Secret;
use crate::transport::error_info::fault_of_details;
use crate::transport::grpc::{Http2, authorize, is_transport, origin};
use crate::transport::{Connector, Endpoint, Opening, Security};

/// The service over gRPC.
pub(super) struct OverGrpc {
    connector: Connector,
    master: Secret,
}

type Client = TokenServiceClient<Http2>;

impl OverGrpc {
    pub(super) fn new(endpoint: Endpoint, master: Secret, security: Security) -> Self {
        Self { connector: Connector::new(endpoint, security, "h2"), master }
    }

    async fn call<Q, A, F>(&self, message: Q, method: impl FnOnce(Client, Request<Q>) -> F) -> Result<A, Fault>
    where
        F: Future<Output = Result<Response<A>, Status>>,
    {
        let http2 = Http2::connect(&self.connector, &TaskTracker::new()).await?;
        let opening = http2.opening();
        let client = TokenServiceClient::with_origin(http2, origin(&self.connector));
        let mut request = Request::new(message);
        authorize(&mut request, &self.master)?;
        match method(client, request).await {
            Ok(response) => Ok(response.into_inner()),
            Err(status) => Err(self.fault(status, &opening)),
        }
    }

    fn fault(&self, status: Status, opening: &Opening) -> Fault {
        if let Some(refusal) = fault_of_details(status.details(), status.message()) {
            return refusal;
        }
        let unreasoned = match status.code() {
            _ if is_transport(&status) => Unreasoned::Other,
            Code::Unauthenticated => Unreasoned::Unauthenticated,
            Code::InvalidArgument => Unreasoned::InvalidArgument,
            Code::ResourceExhausted => Unreasoned::ResourceExhausted,
            Code::Internal => Unreasoned::Internal,
            Code::Unimplemented | Code::NotFound | Code::PermissionDenied => Unreasoned::NotOffered,
            _ => Unreasoned::Other,
        };
        match fault_of(&unreasoned, self.connector.address()) {
            Some(fault) => fault.caused_by(status),
            None => self.connector.cannot_talk(opening, status),
        }
    }
}

impl Service for OverGrpc {
    fn create(&self, request: proto::CreateTokenRequest) -> Answer<'_, proto::CreateTokenResponse> {
        Box::pin(self.call(request, |mut client: Client, request| async move { client.create_token(request).await }))
    }

    fn refresh(&self, request: proto::RefreshTokenRequest) -> Answer<'_, proto::RefreshTokenResponse> {
        Box::pin(self.call(request, |mut client: Client, request| async move { client.refresh_token(request).await }))
    }

    fn revoke(&self, request: proto::RevokeTokenRequest) -> Answer<'_, proto::RevokeTokenResponse> {
        Box::pin(self.call(request, |mut client: Client, request| async move { client.revoke_token(request).await }))
    }

    fn list(&self, request: proto::ListTokensRequest) -> Answer<'_, proto::ListTokensResponse> {
        Box::pin(self.call(request, |mut client: Client, request| async move { client.list_tokens(request).await }))
    }
}
