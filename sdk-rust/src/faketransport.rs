//! A network in memory, for unit tests: the test is the server.

use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use futures_core::future::BoxFuture;
use parking_lot::Mutex;
use prost::Message;
use tokio::sync::{Semaphore, mpsc, oneshot};

use crate::fault::Fault;
use crate::generated::session_request::Command;
use crate::generated::session_response::Event;
use crate::generated::{self as proto, SessionRequest, SessionResponse};
use crate::reason::Reason;
use crate::secret::Secret;
use crate::transport::{Connection, Dialer, Receiver, Sender};

/// How many bytes of frames nobody has to read; more makes a sender wait.
const FRAMES_AHEAD: usize = 64;

/// What the test sees of the client's attempts to connect.
pub(crate) struct Network {
    dials: mpsc::UnboundedReceiver<Dial>,
}

/// One attempt to connect, which the test answers.
pub(crate) struct Dial {
    pub(crate) token: String,
    answer: oneshot::Sender<Result<Connection, Fault>>,
}

impl Network {
    /// A network, and the client's way into it.
    pub(crate) fn new() -> (Self, Box<dyn Dialer>) {
        let (sender, dials) = mpsc::unbounded_channel();
        (Self { dials }, Box::new(FakeDialer(sender)))
    }

    /// Waits for the client's next attempt.
    pub(crate) async fn next(&mut self) -> Dial {
        self.next_or_end().await.expect("the client lives")
    }

    /// Waits for the client's next attempt; none when it has ended.
    pub(crate) async fn next_or_end(&mut self) -> Option<Dial> {
        self.dials.recv().await
    }
}

impl Dial {
    pub(crate) fn refuse(self, fault: Fault) {
        let _ = self.answer.send(Err(fault));
    }

    pub(crate) fn accept(self) -> Peer {
        let (connection, peer) = pair();
        let _ = self.answer.send(Ok(connection));
        peer
    }
}

struct FakeDialer(mpsc::UnboundedSender<Dial>);

impl Dialer for FakeDialer {
    fn dial<'a>(&'a self, token: &'a Secret) -> BoxFuture<'a, Result<Connection, Fault>> {
        Box::pin(async move {
            let (answer, answered) = oneshot::channel();
            let _ = self.0.send(Dial { token: token.reveal().to_owned(), answer });
            answered.await.unwrap_or_else(|_| Err(Fault::new(Reason::Unreachable, "the network is gone")))
        })
    }

    fn address(&self) -> &'static str {
        "the fake network"
    }
}

/// A connection and its other end.
pub(crate) fn pair() -> (Connection, Peer) {
    let (requests, seen) = mpsc::channel(FRAMES_AHEAD);
    let (responses, incoming) = mpsc::unbounded_channel();
    let ending = Arc::new(Mutex::new(None));
    let takes = Arc::new(Semaphore::new(Semaphore::MAX_PERMITS));
    let sender = FakeSender { requests: Some(requests), takes: takes.clone() };
    let receiver = FakeReceiver { responses: incoming, ending: ending.clone() };
    let peer = Peer { seen, responses: Some(responses), ending, takes };
    (Connection { sender: Box::new(sender), receiver: Box::new(receiver) }, peer)
}

/// The server's end of a connection.
pub(crate) struct Peer {
    seen: mpsc::Receiver<Bytes>,
    /// None: it has closed.
    responses: Option<mpsc::UnboundedSender<Bytes>>,
    ending: Arc<Mutex<Option<Fault>>>,
    takes: Arc<Semaphore>,
}

impl Peer {
    /// The next frame of the client; none when the client has finished or is gone.
    pub(crate) async fn next_frame(&mut self) -> Option<Command> {
        let frame = self.seen.recv().await?;
        SessionRequest::decode(frame).expect("a frame of the protocol").command
    }

    /// The next command, without the pings.
    pub(crate) async fn next(&mut self) -> Command {
        loop {
            match self.next_frame().await.expect("the client goes on") {
                Command::Ping(ping) => self.succeed(&[ping.request_id]),
                command => return command,
            }
        }
    }

    /// Takes no more from the client, as when the network is stuck.
    pub(crate) fn stall(&self) {
        self.takes.forget_permits(usize::MAX);
    }

    pub(crate) fn send(&self, event: Event) {
        if let Some(responses) = &self.responses {
            let _ = responses.send(SessionResponse { event: Some(event) }.encode_to_vec().into());
        }
    }

    pub(crate) fn send_bytes(&self, frame: Bytes) {
        if let Some(responses) = &self.responses {
            let _ = responses.send(frame);
        }
    }

    pub(crate) fn welcome(&self) {
        self.send(Event::Welcome(proto::Welcome { node: "fake".into(), ..Default::default() }));
    }

    pub(crate) fn succeed(&self, ids: &[u64]) {
        self.send(Event::Success(proto::Success { request_ids: ids.to_vec(), ..Default::default() }));
    }

    pub(crate) fn subscribed(&self, id: u64, pattern_handle: u64) {
        self.send(Event::Success(proto::Success { request_ids: vec![id], pattern_handle, ..Default::default() }));
    }

    pub(crate) fn fail(&self, request_id: u64, reason: proto::ErrorReason) {
        let message = "because".to_owned();
        self.send(Event::Failure(proto::Failure { request_id, reason: reason.into(), message, ..Default::default() }));
    }

    pub(crate) fn deliver(&self, sequence: u64, pattern_handles: &[u64]) {
        self.send(Event::Deliveries(proto::Deliveries {
            messages: vec![proto::Delivery {
                id_origin: 1,
                id_sequence: sequence,
                tenant: "~".into(),
                channel: "c".into(),
                payload: sequence.to_string().into(),
                pattern_handles: pattern_handles.to_vec(),
                ..Default::default()
            }],
        }));
    }

    pub(crate) fn go_away(&self, seconds: i64) {
        self.send(Event::GoAway(proto::GoAway {
            reason: proto::ErrorReason::Draining.into(),
            message: "the server restarts".into(),
            time_until_close: Some(prost_types::Duration { seconds, nanos: 0 }),
        }));
    }

    /// Says why the session ends, and closes.
    pub(crate) fn end(&mut self, reason: proto::ErrorReason) {
        self.send(Event::Failure(proto::Failure {
            reason: reason.into(),
            message: "the end".into(),
            closes_session: true,
            ..Default::default()
        }));
        self.close();
    }

    /// Closes with a fault of the transport.
    pub(crate) fn close_with(&mut self, fault: Fault) {
        *self.ending.lock() = Some(fault);
        self.close();
    }

    /// Closes without a word.
    pub(crate) fn close(&mut self) {
        self.responses = None;
    }
}

struct FakeSender {
    requests: Option<mpsc::Sender<Bytes>>,
    takes: Arc<Semaphore>,
}

impl Sender for FakeSender {
    fn send(&mut self, frame: Bytes) -> BoxFuture<'_, Result<(), Fault>> {
        Box::pin(async move {
            let _permit = self.takes.acquire().await;
            let sent = match &self.requests {
                Some(requests) => requests.send(frame).await.is_ok(),
                None => false,
            };
            if sent { Ok(()) } else { Err(Fault::new(Reason::ConnectionLost, "the peer is gone")) }
        })
    }

    fn close(&mut self) -> BoxFuture<'_, ()> {
        self.requests = None;
        Box::pin(std::future::ready(()))
    }
}

struct FakeReceiver {
    responses: mpsc::UnboundedReceiver<Bytes>,
    ending: Arc<Mutex<Option<Fault>>>,
}

impl Receiver for FakeReceiver {
    fn poll_receive(&mut self, cx: &mut Context<'_>) -> Poll<Result<Bytes, Fault>> {
        if let Some(frame) = ready!(self.responses.poll_recv(cx)) {
            return Poll::Ready(Ok(frame));
        }
        let ending = self.ending.lock().take();
        Poll::Ready(Err(ending.unwrap_or_else(|| Fault::new(Reason::ConnectionLost, "the peer has closed"))))
    }
}
