use std::net::IpAddr;

use bytes::Bytes;
use http::header::{HOST, PROXY_AUTHORIZATION};
use http::{HeaderValue, Method, Request, StatusCode, Uri};
use http_body_util::Empty;
use hyper::client::conn::http1;
use hyper_util::client::proxy::matcher::Matcher;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use super::Endpoint;
use crate::fault::Fault;
use crate::reason::Reason;

/// The port of a proxy whose address has none.
const DEFAULT_PORT: u16 = 8080;

/// A proxy that tunnels connections (the method CONNECT).
pub(super) struct Proxy {
    uri: Uri,
    authorization: Option<HeaderValue>,
}

impl Proxy {
    /// The proxy that the environment demands for an address. Addresses of this
    /// machine are always reached directly.
    pub(super) fn from_environment(endpoint: &Endpoint) -> Option<Self> {
        if is_local(&endpoint.host) {
            return None;
        }
        Self::chosen_by(&Matcher::from_env(), endpoint)
    }

    fn chosen_by(matcher: &Matcher, endpoint: &Endpoint) -> Option<Self> {
        let scheme = if endpoint.secure { "https" } else { "http" };
        let target: Uri = format!("{scheme}://{}", endpoint.authority()).parse().ok()?;
        let chosen = matcher.intercept(&target)?;
        Some(Self { uri: chosen.uri().clone(), authorization: chosen.basic_auth().cloned() })
    }

    /// Connects to an address through the proxy.
    pub(super) async fn connect(&self, endpoint: &Endpoint) -> Result<TcpStream, Fault> {
        if self.uri.scheme_str() != Some("http") {
            return Err(self.failed("only proxies with an http:// address are supported").into_final());
        }
        let host = self.uri.host().unwrap_or_default();
        let port = self.uri.port_u16().unwrap_or(DEFAULT_PORT);
        let stream =
            TcpStream::connect((host, port)).await.map_err(|cause| self.failed(&cause.to_string()).caused_by(cause))?;
        self.tunnel(stream, endpoint).await.map_err(|cause| self.failed(&cause.to_string()).caused_by(cause))?
    }

    async fn tunnel(&self, stream: TcpStream, endpoint: &Endpoint) -> Result<Result<TcpStream, Fault>, hyper::Error> {
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
        let exchange = async {
            let response = sender.send_request(self.request(endpoint)).await?;
            if response.status() != StatusCode::OK {
                return Ok(Err(self.failed(&format!("it answered with {}", response.status()))));
            }
            let upgraded = hyper::upgrade::on(response).await?;
            Ok(upgraded
                .downcast::<TokioIo<TcpStream>>()
                .ok()
                .filter(|parts| parts.read_buf.is_empty())
                .map(|parts| parts.io.into_inner())
                .ok_or_else(|| self.failed("it sent something unexpected")))
        };
        super::drive(exchange, connection.with_upgrades()).await
    }

    fn request(&self, endpoint: &Endpoint) -> Request<Empty<Bytes>> {
        let authority = endpoint.authority();
        let mut request = Request::new(Empty::new());
        *request.method_mut() = Method::CONNECT;
        *request.uri_mut() = authority.parse().unwrap_or_default();
        if let Ok(host) = HeaderValue::from_str(&authority) {
            request.headers_mut().insert(HOST, host);
        }
        if let Some(authorization) = &self.authorization {
            request.headers_mut().insert(PROXY_AUTHORIZATION, authorization.clone());
        }
        request
    }

    /// The proxy's address may hold a password: only host and port are shown.
    fn failed(&self, what: &str) -> Fault {
        let host = self.uri.host().unwrap_or_default();
        let port = self.uri.port_u16().unwrap_or(DEFAULT_PORT);
        Fault::new(Reason::Unreachable, format!("cannot connect through the proxy {host}:{port}: {what}"))
    }
}

fn is_local(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost") || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    use super::*;

    fn endpoint(address: &str) -> Endpoint {
        Endpoint::parse(address).unwrap()
    }

    // SDK-14: a proxy from the environment; never for this machine itself.
    #[test]
    fn choice() {
        let matcher = Matcher::builder().all("http://user:pass@proxy.test:3128").no("internal.test").build();
        let chosen = Proxy::chosen_by(&matcher, &endpoint("wss://example.org")).unwrap();
        assert_eq!(chosen.uri.port_u16(), Some(3128));
        assert!(chosen.authorization.is_some());
        assert!(!chosen.failed("x").chain().contains("pass"));
        assert!(Proxy::chosen_by(&matcher, &endpoint("grpc://internal.test")).is_none());
        assert!(is_local("LOCALHOST") && is_local("127.0.0.9") && is_local("::1") && !is_local("example.org"));
    }

    async fn through_a_proxy_that_answers(answer: &'static str) -> (Result<String, Fault>, String) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let serving = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut seen = vec![0; 4096];
            let size = stream.read(&mut seen).await.unwrap();
            stream.write_all(answer.as_bytes()).await.unwrap();
            let _ = stream.write_all(b"").await;
            if answer.contains("200") {
                let mut ping = [0; 4];
                stream.read_exact(&mut ping).await.unwrap();
                stream.write_all(b"pong").await.unwrap();
            }
            String::from_utf8_lossy(&seen[..size]).into_owned()
        });
        let proxy = Proxy { uri: format!("http://{address}").parse().unwrap(), authorization: None };
        let outcome = match proxy.connect(&endpoint("grpc://example.org:7")).await {
            Ok(mut stream) => {
                stream.write_all(b"ping").await.unwrap();
                let mut got = [0; 4];
                stream.read_exact(&mut got).await.unwrap();
                Ok(String::from_utf8(got.to_vec()).unwrap())
            }
            Err(failure) => Err(failure),
        };
        (outcome, serving.await.unwrap())
    }

    #[tokio::test]
    async fn a_tunnel() {
        let (got, request) = through_a_proxy_that_answers("HTTP/1.1 200 OK\r\n\r\n").await;
        assert_eq!(got.unwrap(), "pong");
        assert!(request.starts_with("CONNECT example.org:7 HTTP/1.1\r\n"), "{request}");
    }

    #[tokio::test]
    async fn a_proxy_that_refuses() {
        let answer = "HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n";
        let (got, _) = through_a_proxy_that_answers(answer).await;
        let refused = got.unwrap_err();
        assert_eq!(refused.reason(), &Reason::Unreachable);
        assert!(refused.text().contains("403"), "{refused}");
    }
}
