use std::future::Future;
use std::sync::Arc;
use std::task::{Context, Poll};

use futures_core::future::BoxFuture;
use http::{Request, Response};
use hyper::body::Incoming;
use hyper::client::conn::http2::{Builder, SendRequest};
use hyper::rt::Executor;
use hyper_util::rt::TokioIo;
use tokio_util::sync::{CancellationToken, DropGuard};
use tokio_util::task::TaskTracker;
use tonic::body::Body;
use tonic::codegen::Service;

use crate::fault::Fault;
use crate::transport::{Connector, Opening};

/// How much the server may send ahead, in bytes. Fixed windows save the pings that
/// measure better ones.
const STREAM_WINDOW: u32 = 1 << 20;
const CONNECTION_WINDOW: u32 = 2 << 20;

/// One HTTP/2 connection. It is cut when every clone of its guard is gone.
pub(crate) struct Http2 {
    requests: SendRequest<Body>,
    guard: Arc<DropGuard>,
    opening: Opening,
}

/// Keeps a connection.
pub(super) type Guard = Arc<DropGuard>;

impl Http2 {
    /// Connects; what works for the connection is tracked.
    pub(crate) async fn connect(connector: &Connector, tracker: &TaskTracker) -> Result<Self, Fault> {
        let socket = connector.connect().await?;
        let opening = socket.opening();
        let cut = CancellationToken::new();
        let guard = Arc::new(cut.clone().drop_guard());
        let spawner = Spawner { tracker: tracker.clone(), cut };
        let handshake = Builder::new(spawner.clone())
            .initial_stream_window_size(STREAM_WINDOW)
            .initial_connection_window_size(CONNECTION_WINDOW)
            .handshake(TokioIo::new(socket));
        let (requests, connection) = handshake.await.map_err(|cause| connector.cannot_talk(&opening, cause))?;
        spawner.spawn(connection);
        Ok(Self { requests, guard, opening })
    }

    pub(super) fn guard(&self) -> Guard {
        self.guard.clone()
    }

    /// What the server says first over this connection.
    pub(crate) fn opening(&self) -> Opening {
        self.opening.clone()
    }
}

impl Service<Request<Body>> for Http2 {
    type Response = Response<Incoming>;
    type Error = hyper::Error;
    type Future = BoxFuture<'static, Result<Self::Response, Self::Error>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.requests.poll_ready(cx)
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        Box::pin(self.requests.send_request(request))
    }
}

/// Runs what a connection needs, until it is cut.
#[derive(Clone)]
struct Spawner {
    tracker: TaskTracker,
    cut: CancellationToken,
}

impl Spawner {
    fn spawn(&self, work: impl Future + Send + 'static) {
        let cut = self.cut.clone();
        self.tracker.spawn(async move {
            tokio::select! {
                biased;
                () = cut.cancelled() => {}
                _ = work => {}
            }
        });
    }
}

impl<F: Future + Send + 'static> Executor<F> for Spawner {
    fn execute(&self, work: F) {
        self.spawn(work);
    }
}
