use std::error::Error as StdError;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use parking_lot::Mutex;
use rustls_pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::proxy::Proxy;
use super::{Endpoint, Security};
use crate::fault::Fault;
use crate::reason::Reason;

/// A connection to a server, with or without TLS.
pub(crate) enum Socket {
    Plain(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
}

/// Makes sockets to one address, through a proxy where the environment says so
/// (`HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY`, `NO_PROXY`).
pub(crate) struct Connector {
    pub(crate) endpoint: Endpoint,
    security: Security,
    /// The protocol that is spoken on top, as TLS names it.
    protocol: &'static str,
    /// Made with the first connection: reading the system's roots takes time.
    tls: Mutex<Option<TlsConnector>>,
    address: String,
}

impl Connector {
    pub(crate) fn new(endpoint: Endpoint, security: Security, protocol: &'static str) -> Self {
        let address = endpoint.authority();
        Self { endpoint, security, protocol, tls: Mutex::new(None), address }
    }

    /// Host and port, for people.
    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    /// Connects. A fault is final when this side does not accept the server's
    /// certificate, or when the server does not speak TLS, which another attempt does
    /// not mend.
    pub(crate) async fn connect(&self) -> Result<Socket, Fault> {
        let stream = match Proxy::from_environment(&self.endpoint) {
            Some(proxy) => proxy.connect(&self.endpoint).await?,
            None => TcpStream::connect((self.endpoint.host.as_str(), self.endpoint.port))
                .await
                .map_err(|cause| self.cannot_connect(cause))?,
        };
        stream.set_nodelay(true).map_err(|cause| self.cannot_connect(cause))?;
        if !self.endpoint.secure {
            return Ok(Socket::Plain(stream));
        }
        let name = ServerName::try_from(self.endpoint.host.clone())
            .map_err(|cause| self.cannot_connect(cause).into_final())?;
        let tls = self.tls()?.connect(name, stream).await.map_err(|cause| self.cannot_connect(cause))?;
        Ok(Socket::Tls(Box::new(tls)))
    }

    fn tls(&self) -> Result<TlsConnector, Fault> {
        let mut tls = self.tls.lock();
        if let Some(connector) = &*tls {
            return Ok(connector.clone());
        }
        let connector = TlsConnector::from(Arc::new(self.security.config(self.protocol)?));
        Ok(tls.insert(connector).clone())
    }

    /// The fault of an attempt that reached no server.
    pub(crate) fn cannot_connect(&self, cause: impl StdError + Send + Sync + 'static) -> Fault {
        let last = is_final(&cause);
        let text = format!("cannot connect to {}: {}", self.address, innermost(&cause));
        let failed = Fault::new(Reason::Unreachable, text).caused_by(cause);
        if last { failed.into_final() } else { failed }
    }
}

/// The text of the error that lies at the bottom.
fn innermost(error: &dyn StdError) -> String {
    let mut error = error;
    while let Some(source) = error.source() {
        error = source;
    }
    error.to_string()
}

/// Whether another attempt fails in the same way.
fn is_final(error: &(dyn StdError + 'static)) -> bool {
    let mut next = Some(error);
    while let Some(error) = next {
        let wrapped = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        if wrapped.is_some_and(|inner| is_final(inner)) {
            return true;
        }
        if let Some(tls) = error.downcast_ref::<rustls::Error>() {
            return matches!(tls, rustls::Error::InvalidCertificate(_) | rustls::Error::InvalidMessage(_));
        }
        next = error.source();
    }
    false
}

impl AsyncRead for Socket {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_read(cx, buffer),
            Self::Tls(stream) => Pin::new(stream).poll_read(cx, buffer),
        }
    }
}

impl AsyncWrite for Socket {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_write(cx, bytes),
            Self::Tls(stream) => Pin::new(stream).poll_write(cx, bytes),
        }
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_write_vectored(cx, parts),
            Self::Tls(stream) => Pin::new(stream).poll_write_vectored(cx, parts),
        }
    }

    fn is_write_vectored(&self) -> bool {
        match self {
            Self::Plain(stream) => stream.is_write_vectored(),
            Self::Tls(stream) => stream.is_write_vectored(),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_flush(cx),
            Self::Tls(stream) => Pin::new(stream).poll_flush(cx),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_shutdown(cx),
            Self::Tls(stream) => Pin::new(stream).poll_shutdown(cx),
        }
    }
}
