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

use super::client_certificate::Unmet;
use super::overhear::{Opening, Overheard};
use super::proxy::Proxy;
use super::unreachable::unreachable;
use super::{Endpoint, Security};
use crate::fault::Fault;

/// A connection to a server, with or without TLS.
pub(crate) enum Socket {
    Plain(Overheard<TcpStream>),
    Tls(Box<Overheard<TlsStream<Overheard<TcpStream>>>>),
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
    unmet: Unmet,
    address: String,
}

impl Connector {
    pub(crate) fn new(endpoint: Endpoint, security: Security, protocol: &'static str) -> Self {
        let address = endpoint.authority();
        Self { endpoint, security, protocol, tls: Mutex::new(None), unmet: Unmet::default(), address }
    }

    /// Host and port, for people.
    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    /// Connects. A fault is final when another attempt does not mend it.
    pub(crate) async fn connect(&self) -> Result<Socket, Fault> {
        let stream = match Proxy::from_environment(&self.endpoint) {
            Some(proxy) => proxy.connect(&self.endpoint).await?,
            None => TcpStream::connect((self.endpoint.host.as_str(), self.endpoint.port))
                .await
                .map_err(|cause| self.cannot_connect(cause))?,
        };
        stream.set_nodelay(true).map_err(|cause| self.cannot_connect(cause))?;
        let stream = Overheard::new(stream);
        if !self.endpoint.secure {
            return Ok(Socket::Plain(stream));
        }
        let opening = stream.opening();
        let name = ServerName::try_from(self.endpoint.host.clone())
            .map_err(|cause| self.cannot_connect(cause).into_final())?;
        let connector = self.tls()?;
        self.unmet.set(false);
        let tls = connector.connect(name, stream).await.map_err(|cause| self.cannot_talk(&opening, cause))?;
        Ok(Socket::Tls(Box::new(Overheard::new(tls))))
    }

    fn tls(&self) -> Result<TlsConnector, Fault> {
        let mut tls = self.tls.lock();
        if let Some(connector) = &*tls {
            return Ok(connector.clone());
        }
        let connector = TlsConnector::from(Arc::new(self.security.config(self.protocol, &self.unmet)?));
        Ok(tls.insert(connector).clone())
    }

    /// The fault of an attempt that reached no server.
    pub(crate) fn cannot_connect(&self, cause: impl StdError + Send + Sync + 'static) -> Fault {
        unreachable(&self.endpoint, None, false, cause)
    }

    /// The same, of a connection that could not be used; the opening is the
    /// connection's.
    pub(crate) fn cannot_talk(&self, opening: &Opening, cause: impl StdError + Send + Sync + 'static) -> Fault {
        unreachable(&self.endpoint, Some(opening), self.unmet.get(), cause)
    }
}

impl Socket {
    /// What the server says first over this connection.
    pub(crate) fn opening(&self) -> Opening {
        match self {
            Self::Plain(stream) => stream.opening(),
            Self::Tls(stream) => stream.opening(),
        }
    }
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
