use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use futures_core::Stream;
use futures_core::future::BoxFuture;
use tokio::sync::mpsc;
use tonic::Streaming;

use super::fault_of;
use super::http2::Guard;
use crate::fault::Fault;
use crate::reason::Reason;
use crate::transport::{Connection, Receiver, Sender};

/// The frames on their way to the connection: one, so that whoever sends feels that
/// the server takes no more.
const FRAMES_AHEAD: usize = 1;

/// What the stream sends.
pub(super) struct Outgoing(mpsc::Receiver<Bytes>);

impl Stream for Outgoing {
    type Item = Bytes;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Bytes>> {
        self.0.poll_recv(cx)
    }
}

pub(super) fn channel() -> (mpsc::Sender<Bytes>, Outgoing) {
    let (sender, outgoing) = mpsc::channel(FRAMES_AHEAD);
    (sender, Outgoing(outgoing))
}

pub(super) fn connection(frames: mpsc::Sender<Bytes>, incoming: Streaming<Bytes>, guard: Guard) -> Connection {
    Connection {
        sender: Box::new(StreamSender { frames: Some(frames), _guard: guard.clone() }),
        receiver: Box::new(StreamReceiver { incoming, _guard: guard }),
    }
}

struct StreamSender {
    /// None: the client has finished.
    frames: Option<mpsc::Sender<Bytes>>,
    _guard: Guard,
}

impl Sender for StreamSender {
    fn send(&mut self, frame: Bytes) -> BoxFuture<'_, Result<(), Fault>> {
        Box::pin(async move {
            let sent = match &self.frames {
                Some(frames) => frames.send(frame).await.is_ok(),
                None => false,
            };
            // When the stream has ended, the receiver knows why.
            if sent { Ok(()) } else { Err(Fault::new(Reason::ConnectionLost, "the stream has ended")) }
        })
    }

    fn close(&mut self) -> BoxFuture<'_, ()> {
        self.frames = None;
        Box::pin(std::future::ready(()))
    }
}

struct StreamReceiver {
    incoming: Streaming<Bytes>,
    _guard: Guard,
}

impl Receiver for StreamReceiver {
    fn poll_receive(&mut self, cx: &mut Context<'_>) -> Poll<Result<Bytes, Fault>> {
        Poll::Ready(match ready!(Pin::new(&mut self.incoming).poll_next(cx)) {
            Some(Ok(frame)) => Ok(frame),
            Some(Err(status)) => Err(fault_of(status)),
            None => Err(ended()),
        })
    }
}

/// Why a stream is over that ended without a failure: the server ends none so.
pub(super) fn ended() -> Fault {
    Fault::new(Reason::ConnectionLost, "the server closed the stream")
}
