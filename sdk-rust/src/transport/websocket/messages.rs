use std::task::{Context, Poll, ready};

use bytes::Bytes;
use futures_core::future::BoxFuture;
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt, StreamExt};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, Role, WebSocketConfig};

use super::closing::fault_of_close;
use crate::fault::Fault;
use crate::reason::Reason;
use crate::transport::socket::Socket;
use crate::transport::{Connection, Receiver, Sender};

/// The longest frame that is read, in bytes; a server batches far below it.
const READ_LIMIT: usize = 64 << 20;
/// How much is read from the socket at once, in bytes.
const READ_BUFFER: usize = 64 << 10;

/// A connection over an upgraded socket, of which some bytes have been read already.
pub(super) async fn connection(socket: Socket, read_ahead: Bytes) -> Connection {
    let config = WebSocketConfig::default()
        .read_buffer_size(READ_BUFFER)
        .max_message_size(Some(READ_LIMIT))
        .max_frame_size(Some(READ_LIMIT));
    let stream = WebSocketStream::from_partially_read(socket, read_ahead.into(), Role::Client, Some(config)).await;
    let (sink, stream) = stream.split();
    Connection { sender: Box::new(MessageSender(sink)), receiver: Box::new(MessageReceiver(stream)) }
}

struct MessageSender(SplitSink<WebSocketStream<Socket>, Message>);

impl Sender for MessageSender {
    fn send(&mut self, frame: Bytes) -> BoxFuture<'_, Result<(), Fault>> {
        Box::pin(async move {
            let sent = self.0.send(Message::Binary(frame)).await;
            sent.map_err(|cause| Fault::new(Reason::ConnectionLost, "the connection broke").caused_by(cause))
        })
    }

    fn close(&mut self) -> BoxFuture<'_, ()> {
        Box::pin(async move {
            let close = CloseFrame { code: CloseCode::Normal, reason: "".into() };
            // A connection that has gone meanwhile needs no closing.
            let _ = self.0.send(Message::Close(Some(close))).await;
        })
    }
}

struct MessageReceiver(SplitStream<WebSocketStream<Socket>>);

impl Receiver for MessageReceiver {
    fn poll_receive(&mut self, cx: &mut Context<'_>) -> Poll<Result<Bytes, Fault>> {
        loop {
            return Poll::Ready(match ready!(self.0.poll_next_unpin(cx)) {
                Some(Ok(Message::Binary(frame))) => Ok(frame),
                Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_))) => continue,
                Some(Ok(Message::Text(_))) => {
                    let text = "the server sent a text message, which is not part of the protocol";
                    Err(Fault::new(Reason::ConnectionLost, text))
                }
                Some(Ok(Message::Close(close))) => Err(fault_of_close(close.as_ref())),
                Some(Err(cause)) => Err(Fault::new(Reason::ConnectionLost, "the connection broke").caused_by(cause)),
                None => Err(fault_of_close(None)),
            });
        }
    }
}
