use bytes::Bytes;
use http::header::{
    AUTHORIZATION, CONNECTION, HOST, HeaderName, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_PROTOCOL,
    SEC_WEBSOCKET_VERSION, UPGRADE, USER_AGENT,
};
use http::{HeaderValue, Request, Response, StatusCode};
use http_body_util::Empty;
use hyper::body::Incoming;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio_tungstenite::tungstenite::handshake::client::generate_key;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;

use super::refusal;
use crate::fault::Fault;
use crate::reason::Reason;
use crate::secret::Secret;
use crate::transport::socket::Socket;
use crate::transport::{Connector, drive};

const SUBPROTOCOL: &str = "fastpubsub.v1";

/// Connects and upgrades to a WebSocket. Beside the socket comes what the server has
/// sent already.
pub(super) async fn upgrade(connector: &Connector, token: &Secret) -> Result<(Socket, Bytes), Fault> {
    let socket = connector.connect().await?;
    let opening = socket.opening();
    let key = generate_key();
    let request = request(connector, token, &key)?;
    let handshake = http1::handshake(TokioIo::new(socket)).await;
    let (mut sender, connection) = handshake.map_err(|cause| connector.cannot_talk(&opening, cause))?;
    let exchange = async {
        let response = sender.send_request(request).await?;
        if let Err(refused) = check(connector, &response, &key) {
            return Ok(Err(refusal::fault_of(&connector.endpoint, response).await.unwrap_or(refused)));
        }
        hyper::upgrade::on(response).await.map(Ok)
    };
    let upgraded = drive(exchange, connection.with_upgrades()).await;
    let upgraded = upgraded.map_err(|cause| connector.cannot_talk(&opening, cause))??;
    match upgraded.downcast::<TokioIo<Socket>>() {
        Ok(parts) => Ok((parts.io.into_inner(), parts.read_buf)),
        Err(_) => Err(Fault::new(Reason::Unreachable, "the upgraded connection is not the one that was made")),
    }
}

fn request(connector: &Connector, token: &Secret, key: &str) -> Result<Request<Empty<Bytes>>, Fault> {
    let unsendable = |_| Fault::new(Reason::TokenInvalid, "the token cannot be sent");
    let mut authorization = HeaderValue::from_str(&format!("Bearer {}", token.reveal())).map_err(unsendable)?;
    authorization.set_sensitive(true);
    let host = HeaderValue::from_str(connector.address()).map_err(|cause| connector.cannot_connect(cause))?;
    let key = HeaderValue::from_str(key).map_err(|cause| connector.cannot_connect(cause))?;
    let mut request = Request::new(Empty::new());
    *request.uri_mut() = connector.endpoint.path.clone().into();
    let headers = request.headers_mut();
    headers.insert(HOST, host);
    headers.insert(AUTHORIZATION, authorization);
    headers.insert(SEC_WEBSOCKET_KEY, key);
    for (name, value) in [
        (USER_AGENT, "fastpubsub-rust"),
        (CONNECTION, "Upgrade"),
        (UPGRADE, "websocket"),
        (SEC_WEBSOCKET_VERSION, "13"),
        (SEC_WEBSOCKET_PROTOCOL, SUBPROTOCOL),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    Ok(request)
}

/// Refuses an answer that is not the upgrade that was asked for.
fn check(connector: &Connector, response: &Response<Incoming>, key: &str) -> Result<(), Fault> {
    let has = |name: HeaderName, value: &str| {
        let header = response.headers().get(name).and_then(|header| header.to_str().ok());
        header.is_some_and(|header| header.eq_ignore_ascii_case(value))
    };
    let accept = response.headers().get(SEC_WEBSOCKET_ACCEPT);
    let accepted = accept.is_some_and(|accept| accept.as_bytes() == derive_accept_key(key.as_bytes()).as_bytes());
    let upgraded = response.status() == StatusCode::SWITCHING_PROTOCOLS && has(UPGRADE, "websocket") && accepted;
    if upgraded && has(SEC_WEBSOCKET_PROTOCOL, SUBPROTOCOL) {
        return Ok(());
    }
    let text = format!("the server at {} does not speak {SUBPROTOCOL}", connector.address());
    Err(Fault::new(Reason::Unreachable, text).into_final())
}
