use std::any::Any;
use std::collections::HashMap;
use std::io;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use futures_util::{FutureExt, poll};
use parking_lot::Mutex;
use tokio::runtime::Handle;
use tokio::sync::mpsc;
use tokio_util::task::TaskTracker;

use crate::answer::{Answer, Failure, outcome};
use crate::client::Client;
use crate::generated::pipe::{CloseAllAnswer, Hello, RunnerFrame, runner_frame::Command, success::Value};
use crate::output::Output;
use crate::running::Running;
use crate::sdk_runtime::SdkRuntime;
use crate::subscription::Consumer;
use crate::tokens;

/// What this driver can do, by the runner's names.
const CAPABILITIES: [&str; 13] = [
    "websocket",
    "grpc",
    "token-source",
    "private-ca",
    "client-certificate",
    "insecure-skip-verify",
    "delivery-modes",
    "unacknowledged",
    "lag",
    "token-client",
    "round-trip-time",
    "debug-text",
    "leaks",
];

/// How long what the SDK runs may need to end after everything was closed.
const PATIENCE: Duration = Duration::from_secs(2);

/// The driver's state. Its own tasks run on one thread, in the order in which they
/// become ready: so commands that wait for the same go on in their order.
pub(crate) struct Driver {
    pub(crate) output: Arc<Output>,
    sdk: SdkRuntime,
    own: Handle,
    tasks: TaskTracker,
    running: Running,
    clients: Mutex<HashMap<u64, Arc<Client>>>,
    consumers: Mutex<HashMap<u64, Consumer>>,
}

impl Driver {
    pub(crate) fn new(output: Arc<Output>, sdk: SdkRuntime, own: Handle) -> Self {
        Self {
            output,
            sdk,
            own,
            tasks: TaskTracker::new(),
            running: Running::default(),
            clients: Mutex::default(),
            consumers: Mutex::default(),
        }
    }

    /// Carries out commands until the end of the input, or until a pipe breaks; then
    /// closes everything.
    pub(crate) async fn serve(
        self: &Arc<Self>,
        mut commands: mpsc::UnboundedReceiver<io::Result<RunnerFrame>>,
    ) -> io::Result<()> {
        self.output.hello(hello());
        let read = loop {
            let command = tokio::select! {
                biased;
                () = self.output.broken() => break Ok(()),
                command = commands.recv() => command,
            };
            match command.transpose() {
                Ok(Some(frame)) => self.start(frame).await,
                Ok(None) => break Ok(()),
                Err(broken) => break Err(broken),
            }
        };
        self.close_everything().await;
        self.tasks.close();
        self.tasks.wait().await;
        read
    }

    /// Starts a command. What it does before it first waits is done when this returns:
    /// so commands keep their order. One that is given up is dropped where it waits.
    async fn start(self: &Arc<Self>, frame: RunnerFrame) {
        let (driver, id) = (self.clone(), frame.command_id);
        let given_up = self.running.begin(id, frame.command.as_ref().and_then(|command| self.client_of(command)));
        let call = AssertUnwindSafe(self.clone().carry_out(frame.command)).catch_unwind();
        let call = async { call.await.unwrap_or_else(panicked) };
        // Not by `select!`, which may put the first poll off, and with it the order.
        let mut call =
            self.sdk.within(async move { given_up.run_until_cancelled(call).await.unwrap_or(Err(Failure::Canceled)) });
        if let std::task::Poll::Ready(answer) = poll!(&mut call) {
            return self.answer(id, answer);
        }
        self.spawn(async move { driver.answer(id, call.await) });
    }

    fn answer(&self, id: u64, answer: Answer) {
        self.running.end(id);
        self.output.result(id, outcome(answer));
    }

    /// Lets a task of the driver run, which [`serve`](Self::serve) waits for.
    pub(crate) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        self.tasks.spawn_on(self.sdk.within(task), &self.own);
    }

    async fn carry_out(self: Arc<Self>, command: Option<Command>) -> Answer {
        let mut value = None;
        match command {
            Some(Command::Open(open)) => self.open(open).await?,
            Some(Command::Close(close)) => self.client(close.client)?.close().await?,
            Some(Command::Subscribe(subscribe)) => self.subscribe(subscribe).await?,
            Some(Command::Unsubscribe(unsubscribe)) => self.consumer(unsubscribe.subscription)?.unsubscribe().await?,
            Some(Command::Publish(publish)) => self.client(publish.client)?.publish(publish).await?,
            Some(Command::PublishBurst(burst)) => self.client(burst.client)?.publish_burst(burst).await?,
            Some(Command::Consume(consume)) => self.consumer(consume.subscription)?.pause(consume.paused),
            Some(Command::SupplyToken(supply)) => self.client(supply.client)?.supply(supply.token),
            Some(Command::Inspect(inspect)) => value = Some(self.client(inspect.client)?.inspect()),
            Some(Command::Token(token)) => value = Some(tokens::call(token).await?),
            Some(Command::Cancel(cancel)) => self.running.give_up(cancel.command_id),
            Some(Command::Drop(drop)) => self.let_go(drop.client),
            Some(Command::CloseAll(_)) => value = Some(self.close_all().await),
            None => return Err(Failure::Unsupported("a command that this driver does not know".into())),
        }
        Ok(value)
    }

    pub(crate) fn add_client(&self, client: Arc<Client>) {
        self.clients.lock().insert(client.id, client);
    }

    pub(crate) fn client(&self, id: u64) -> Result<Arc<Client>, Failure> {
        let client = self.clients.lock().get(&id).cloned();
        client.ok_or_else(|| Failure::Fault(format!("there is no client {id}")))
    }

    /// The client that a command calls, if it calls one.
    fn client_of(&self, command: &Command) -> Option<u64> {
        match command {
            Command::Open(open) => Some(open.client),
            Command::Close(close) => Some(close.client),
            Command::Subscribe(subscribe) => Some(subscribe.client),
            Command::Unsubscribe(unsubscribe) => self.consumer(unsubscribe.subscription).ok().map(|c| c.client),
            Command::Publish(publish) => Some(publish.client),
            Command::PublishBurst(burst) => Some(burst.client),
            _ => None,
        }
    }

    /// Drops every handle of a client: its own, those of its subscriptions, and the
    /// calls that borrow it.
    fn let_go(&self, client: u64) {
        self.running.give_up_all_of(client);
        self.consumers.lock().retain(|_, consumer| {
            let other = consumer.client != client;
            if !other {
                consumer.let_go();
            }
            other
        });
        self.clients.lock().remove(&client);
    }

    pub(crate) fn add_consumer(&self, id: u64, consumer: Consumer) {
        self.consumers.lock().insert(id, consumer);
    }

    fn consumer(&self, id: u64) -> Result<Consumer, Failure> {
        let consumer = self.consumers.lock().get(&id).cloned();
        consumer.ok_or_else(|| Failure::Fault(format!("there is no subscription {id}")))
    }

    /// Closes everything and counts what still runs.
    async fn close_all(&self) -> Value {
        self.close_everything().await;
        let leaked = self.sdk.leaked(PATIENCE).await;
        let detail = if leaked == 0 { String::new() } else { format!("{leaked} tasks of the SDK's runtime are alive") };
        let leaked = u32::try_from(leaked).unwrap_or(u32::MAX);
        Value::CloseAll(CloseAllAnswer { leaked, detail })
    }

    /// Closes what the commands until now have opened.
    async fn close_everything(&self) {
        let clients = std::mem::take(&mut *self.clients.lock());
        self.consumers.lock().clear();
        join_all(clients.values().map(|client| client.abandon())).await;
    }
}

fn hello() -> Hello {
    Hello {
        protocol_version: 1,
        sdk: "rust".into(),
        sdk_version: env!("CARGO_PKG_VERSION").into(),
        runtime: concat!(env!("COMPILER"), ", tokio").into(),
        capabilities: CAPABILITIES.map(String::from).into(),
    }
}

#[allow(clippy::needless_pass_by_value, reason = "so it comes from catch_unwind")]
fn panicked(panic: Box<dyn Any + Send>) -> Answer {
    let text = panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied());
    Err(Failure::Fault(format!("panic: {}", text.unwrap_or("without a text"))))
}
