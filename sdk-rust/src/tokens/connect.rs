use bytes::Bytes;
use data_encoding::{BASE64, BASE64_NOPAD};
use http::header::{AUTHORIZATION, CONTENT_TYPE, HOST, HeaderName, USER_AGENT};
use http::{HeaderValue, Method, Request, StatusCode};
use http_body_util::{BodyExt, Full, Limited};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use prost::Message;
use serde::Deserialize;

use super::{Answer, Service, Unreasoned, fault_of};
use crate::fault::Fault;
use crate::generated as proto;
use crate::reason::Reason;
use crate::secret::Secret;
use crate::transport::error_info::{ErrorInfo, TYPE_NAME};
use crate::transport::{Connector, Endpoint, Security, drive, wants_tls};

const SERVICE: &str = "fastpubsub.v1.TokenService";
const PROTOBUF: &str = "application/proto";
const PROTOCOL_VERSION: HeaderName = HeaderName::from_static("connect-protocol-version");
/// The longest answer that is read, in bytes: a page of a thousand tokens is far below.
const LIMIT: usize = 64 << 20;

/// The service over the Connect protocol.
pub(super) struct OverConnect {
    connector: Connector,
    master: Secret,
}

/// An error of the Connect protocol.
#[derive(Deserialize)]
struct Refusal {
    code: String,
    #[serde(default)]
    message: String,
    #[serde(default)]
    details: Vec<Detail>,
}

#[derive(Deserialize)]
struct Detail {
    #[serde(rename = "type")]
    kind: String,
    value: String,
}

impl OverConnect {
    pub(super) fn new(endpoint: Endpoint, master: Secret, security: Security) -> Self {
        Self { connector: Connector::new(endpoint, security, "http/1.1"), master }
    }

    async fn call<A: Message + Default>(&self, method: &str, message: impl Message) -> Result<A, Fault> {
        let request = self.request(method, message.encode_to_vec())?;
        let socket = self.connector.connect().await?;
        let opening = socket.opening();
        let handshake = http1::handshake(TokioIo::new(socket)).await;
        let (mut sender, connection) = handshake.map_err(|cause| self.connector.cannot_talk(&opening, cause))?;
        let exchange = async {
            let response = sender.send_request(request).await?;
            let (head, body) = response.into_parts();
            let kind = head.headers.get(CONTENT_TYPE).cloned();
            let body = Limited::new(body, LIMIT).collect().await;
            Ok((head.status, kind, body.map(http_body_util::Collected::to_bytes).unwrap_or_default()))
        };
        let answered: Result<_, hyper::Error> = drive(exchange, connection).await;
        let (status, kind, body) = answered.map_err(|cause| self.connector.cannot_talk(&opening, cause))?;
        if status != StatusCode::OK {
            let foreign = kind.is_none_or(|kind| !kind.as_bytes().starts_with(b"application/"));
            let wrong_port = foreign.then(|| wants_tls(&self.connector.endpoint, status, &body)).flatten();
            return Err(wrong_port.unwrap_or_else(|| self.fault(status, &body)));
        }
        let not_ours = || fault_of(&Unreasoned::NotOffered, self.connector.address()).unwrap_or_else(unreadable);
        if kind.is_none_or(|kind| kind != PROTOBUF) {
            return Err(not_ours());
        }
        A::decode(body).map_err(|cause| unreadable().caused_by(cause))
    }

    fn request(&self, method: &str, message: Vec<u8>) -> Result<Request<Full<Bytes>>, Fault> {
        let prefix = self.connector.endpoint.path.path().trim_end_matches('/');
        let target = format!("{prefix}/{SERVICE}/{method}");
        let unsendable = |_| Fault::new(Reason::MasterTokenInvalid, "the master token cannot be sent");
        let bearer = format!("Bearer {}", self.master.reveal());
        let mut authorization = HeaderValue::from_str(&bearer).map_err(unsendable)?;
        authorization.set_sensitive(true);
        let address = self.connector.address();
        let host = HeaderValue::from_str(address).map_err(|cause| self.connector.cannot_connect(cause))?;
        let mut request = Request::new(Full::from(message));
        *request.method_mut() = Method::POST;
        *request.uri_mut() = target.parse().map_err(|cause| self.connector.cannot_connect(cause))?;
        let headers = request.headers_mut();
        headers.insert(HOST, host);
        headers.insert(AUTHORIZATION, authorization);
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(PROTOBUF));
        headers.insert(PROTOCOL_VERSION, HeaderValue::from_static("1"));
        headers.insert(USER_AGENT, HeaderValue::from_static("fastpubsub-rust"));
        Ok(request)
    }

    fn fault(&self, status: StatusCode, body: &[u8]) -> Fault {
        let refusal: Option<Refusal> = serde_json::from_slice(body).ok();
        if let Some(refused) = refusal.as_ref().and_then(Refusal::fault) {
            return refused;
        }
        let code = refusal.map(|refusal| refusal.code).unwrap_or_default();
        let unreasoned = match (code.as_str(), status.as_u16()) {
            ("unauthenticated", _) | ("", 401) => Unreasoned::Unauthenticated,
            ("invalid_argument", _) | ("", 400) => Unreasoned::InvalidArgument,
            ("resource_exhausted", _) | ("", 429) => Unreasoned::ResourceExhausted,
            ("internal", _) | ("", 500) => Unreasoned::Internal,
            ("unimplemented" | "not_found" | "permission_denied", _) | ("", 301..=499) => Unreasoned::NotOffered,
            _ => Unreasoned::Other,
        };
        fault_of(&unreasoned, self.connector.address()).unwrap_or_else(|| {
            let text = format!("the token service at {} answered with {status}", self.connector.address());
            Fault::new(Reason::Unreachable, text)
        })
    }
}

fn unreadable() -> Fault {
    Fault::new(Reason::Unreachable, "the token service gave an answer that cannot be read").into_final()
}

impl Refusal {
    /// The reason of the catalogue, if the answer has one.
    fn fault(&self) -> Option<Fault> {
        let mut infos = self.details.iter().filter(|detail| detail.kind == TYPE_NAME);
        infos.find_map(|detail| detail.decode()?.fault(&self.message))
    }
}

impl Detail {
    fn decode(&self) -> Option<ErrorInfo> {
        let value = self.value.as_bytes();
        let encoded = BASE64_NOPAD.decode(value).or_else(|_| BASE64.decode(value)).ok()?;
        ErrorInfo::decode(encoded.as_slice()).ok()
    }
}

impl Service for OverConnect {
    fn create(&self, request: proto::CreateTokenRequest) -> Answer<'_, proto::CreateTokenResponse> {
        Box::pin(self.call("CreateToken", request))
    }

    fn refresh(&self, request: proto::RefreshTokenRequest) -> Answer<'_, proto::RefreshTokenResponse> {
        Box::pin(self.call("RefreshToken", request))
    }

    fn revoke(&self, request: proto::RevokeTokenRequest) -> Answer<'_, proto::RevokeTokenResponse> {
        Box::pin(self.call("RevokeToken", request))
    }

    fn list(&self, request: proto::ListTokensRequest) -> Answer<'_, proto::ListTokensResponse> {
        Box::pin(self.call("ListTokens", request))
    }
}
