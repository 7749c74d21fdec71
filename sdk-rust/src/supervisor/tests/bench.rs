use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use crate::Error;
use crate::backoff::Policy;
use crate::credential::Source;
use crate::faketransport::{Dial, Network, Peer};
use crate::fault::Fault;
use crate::generated::ErrorReason;
use crate::generated::session_request::Command as Request;
use crate::inbox::{self, End, Item};
use crate::outbox;
use crate::secret::Secret;
use crate::supervisor::{Config, Handle, Subscription, Supervisor};
use crate::wire::Outgoing;
use tokio_util::task::TaskTracker;

pub(super) const WAIT: Duration = Duration::from_secs(600);
/// How long a client tries to connect.
pub(super) const CONNECT_TIME: Duration = Duration::from_secs(30);
const ATTEMPT_TIME: Duration = Duration::from_secs(15);

/// One client in a fake network.
pub(super) struct Bench {
    pub(super) network: Network,
    states: Arc<Mutex<Vec<String>>>,
    errors: Arc<Mutex<Vec<String>>>,
    starting: Option<JoinHandle<Result<Arc<Handle>, Fault>>>,
    pub(super) client: Option<Arc<Handle>>,
}

impl Bench {
    /// A client that begins to connect.
    pub(super) fn starting(source: Source) -> Self {
        Self::with(source, |_| ())
    }

    pub(super) fn with(source: Source, change: impl FnOnce(&mut Config)) -> Self {
        let (network, dialer) = Network::new();
        let (states, errors): (Arc<Mutex<Vec<_>>>, Arc<Mutex<Vec<_>>>) = Default::default();
        let (told, failed) = (states.clone(), errors.clone());
        let mut config = Config {
            dialer,
            source,
            backoff: Policy::default(),
            attempt_timeout: ATTEMPT_TIME,
            outbox: outbox::Limits { messages: 5, bytes: 1 << 20 },
            on_status: Some(Box::new(move |status| {
                let cause = status.cause.map(|cause: Error| format!(" {}", cause.reason())).unwrap_or_default();
                told.lock().push(format!("{}{cause}", status.state));
            })),
            on_error: Some(Box::new(move |error| failed.lock().push(error.to_string()))),
            tracker: TaskTracker::new(),
        };
        change(&mut config);
        let starting = tokio::spawn(Supervisor::start(config, CONNECT_TIME));
        Self { network, states, errors, starting: Some(starting), client: None }
    }

    pub(super) fn fixed() -> Source {
        Source::Fixed(Secret::new("AT_1_2"))
    }

    /// A client with a connection.
    pub(super) async fn connected() -> (Self, Node) {
        let mut bench = Self::starting(Self::fixed());
        let node = bench.accept().await;
        bench.started().await.unwrap();
        (bench, node)
    }

    /// Waits for the outcome of connecting.
    pub(super) async fn started(&mut self) -> Result<(), Fault> {
        let handle = self.starting.take().unwrap().await.unwrap()?;
        self.client = Some(handle);
        Ok(())
    }

    /// Drops the future of connecting.
    pub(super) fn give_up(&mut self) {
        if let Some(starting) = self.starting.take() {
            starting.abort();
        }
    }

    pub(super) fn client(&self) -> &Arc<Handle> {
        self.client.as_ref().unwrap()
    }

    /// Accepts the next connection, with a server that answers everything.
    pub(super) async fn accept(&mut self) -> Node {
        Node::serve(self.network.next().await)
    }

    /// The states until now.
    pub(super) async fn states(&self) -> Vec<String> {
        settle().await;
        self.states.lock().clone()
    }

    pub(super) async fn last_state(&self) -> String {
        self.states().await.pop().unwrap()
    }

    /// The client never was without a connection.
    pub(super) async fn assert_always_connected(&self) {
        assert_eq!(self.states().await, ["CONNECTING", "CONNECTED"]);
    }

    /// What was reported until now.
    pub(super) async fn errors(&self) -> Vec<String> {
        settle().await;
        self.errors.lock().clone()
    }

    pub(super) async fn subscribe(&self, pattern: &str) -> Result<Subscription, Fault> {
        let limits = inbox::Limits { messages: 1000, bytes: 1 << 20 };
        Subscription::open(self.client(), "", pattern, limits, WAIT).await
    }

    /// Begins to publish.
    pub(super) fn publish(&self, payload: &str) -> JoinHandle<Result<(), Fault>> {
        let (client, payload) = (self.client().clone(), payload.to_owned());
        tokio::spawn(async move { client.publish(outgoing(&payload), true, WAIT).await })
    }
}

pub(super) fn outgoing(payload: &str) -> Outgoing<'_> {
    Outgoing { tenant: "", channel: "c", payload: payload.as_bytes(), mode: 0 }
}

/// Lets everything that can run now do so.
pub(super) async fn settle() {
    tokio::time::sleep(Duration::from_micros(1)).await;
}

/// The next messages of a subscription, as a text.
pub(super) async fn received(subscription: &Subscription, count: usize) -> String {
    let mut got = Vec::new();
    for _ in 0..count {
        match std::future::poll_fn(|cx| subscription.poll_next(cx)).await {
            Ok(Item::Message(message)) => got.push(String::from_utf8(message.payload.to_vec()).unwrap()),
            other => panic!("after {got:?}: {other:?}"),
        }
    }
    got.join(" ")
}

/// Why a subscription ended; none when the application has closed it.
pub(super) async fn end_of(subscription: &Subscription) -> Option<Fault> {
    match std::future::poll_fn(|cx| subscription.poll_next(cx)).await {
        Err(End::Cause(cause)) => Some(cause),
        Err(End::Closed) => None,
        Ok(item) => panic!("not the end: {item:?}"),
    }
}

/// A server's end of a connection that answers everything, until it is muted.
pub(super) struct Node {
    orders: mpsc::UnboundedSender<Order>,
    shared: Arc<Mutex<Shared>>,
}

#[derive(Default)]
struct Shared {
    log: Vec<String>,
    handles: HashMap<String, u64>,
    muted: bool,
    refuses: HashMap<String, ErrorReason>,
}

type Order = Box<dyn FnOnce(&mut Peer) + Send>;

impl Node {
    pub(super) fn serve(dial: Dial) -> Self {
        Self::serve_refusing(dial, &[])
    }

    /// Serves, and refuses these patterns and channels.
    pub(super) fn serve_refusing(dial: Dial, refusals: &[(&str, ErrorReason)]) -> Self {
        let (orders, given) = mpsc::unbounded_channel();
        let shared = Arc::<Mutex<Shared>>::default();
        shared.lock().refuses = refusals.iter().map(|(name, reason)| ((*name).to_owned(), *reason)).collect();
        let peer = dial.accept();
        peer.welcome();
        tokio::spawn(run(peer, given, shared.clone()));
        Self { orders, shared }
    }

    fn order(&self, order: impl FnOnce(&mut Peer) + Send + 'static) {
        let _ = self.orders.send(Box::new(order));
    }

    /// Delivers a message for a pattern.
    pub(super) fn deliver(&self, sequence: u64, pattern: &str) {
        let handle = self.shared.lock().handles[pattern];
        self.order(move |peer| peer.deliver(sequence, &[handle]));
    }

    pub(super) fn deliver_all(&self, sequences: impl IntoIterator<Item = u64>, pattern: &str) {
        for sequence in sequences {
            self.deliver(sequence, pattern);
        }
    }

    pub(super) fn go_away(&self, seconds: i64) {
        self.order(move |peer| peer.go_away(seconds));
    }

    pub(super) fn end(&self, reason: ErrorReason) {
        self.order(move |peer| peer.end(reason));
    }

    pub(super) fn close(&self) {
        self.order(Peer::close);
    }

    /// Answers request ids, whatever they were.
    pub(super) fn succeed(&self, ids: std::ops::RangeInclusive<u64>) {
        let ids: Vec<_> = ids.collect();
        self.order(move |peer| peer.succeed(&ids));
    }

    /// Reads on, and answers nothing.
    pub(super) fn mute(&self, muted: bool) {
        self.shared.lock().muted = muted;
    }

    /// What the client has sent until now, without pings.
    pub(super) async fn seen(&self) -> Vec<String> {
        settle().await;
        self.shared.lock().log.clone()
    }
}

async fn run(mut peer: Peer, mut orders: mpsc::UnboundedReceiver<Order>, shared: Arc<Mutex<Shared>>) {
    loop {
        tokio::select! {
            order = orders.recv() => match order {
                Some(order) => order(&mut peer),
                None => return,
            },
            request = peer.next_frame() => {
                if let Some(request) = request {
                    answer(&peer, request, &mut shared.lock());
                } else {
                    shared.lock().log.push("closed".into());
                    return peer.close();
                }
            }
        }
    }
}

fn answer(peer: &Peer, request: Request, shared: &mut Shared) {
    let muted = shared.muted;
    let reply = |id: u64, name: &str, handle: u64| {
        if muted || id == 0 {
            return;
        }
        match shared.refuses.get(name) {
            Some(reason) => peer.fail(id, *reason),
            None => peer.subscribed(id, handle),
        }
    };
    match request {
        Request::Subscribe(subscribe) => {
            let handle = shared.handles.len() as u64 + 1;
            shared.log.push(format!("sub {}", subscribe.pattern));
            reply(subscribe.request_id, &subscribe.pattern, handle);
            shared.handles.insert(subscribe.pattern, handle);
        }
        Request::Unsubscribe(unsubscribe) => {
            shared.log.push(format!("unsub {}", unsubscribe.pattern));
            reply(unsubscribe.request_id, "", 0);
        }
        Request::Publish(publish) => {
            for message in publish.messages {
                let payload = String::from_utf8_lossy(&message.payload).into_owned();
                shared.log.push(format!("pub {payload}"));
                reply(message.request_id, &message.channel, 0);
            }
        }
        Request::Authenticate(authenticate) => {
            shared.log.push(format!("auth {}", authenticate.token));
            reply(authenticate.request_id, &authenticate.token, 0);
        }
        Request::Ping(ping) => reply(ping.request_id, "", 0),
    }
}
