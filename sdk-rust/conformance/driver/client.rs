use std::sync::{Arc, OnceLock};
use std::time::Duration;

use fastpubsub::Status;
use parking_lot::Mutex;
use tokio_util::sync::CancellationToken;

use crate::answer::{Failure, sdk_error};
use crate::driver::Driver;
use crate::generated::pipe::{self, ClientState, Inspection, OpenCommand, StateChanged, event, success::Value};
use crate::options;

/// How long a close waits that nobody waits for.
const CLOSE_TIME: Duration = Duration::from_secs(5);

/// One client, from the command to open it on.
pub(crate) struct Client {
    pub(crate) id: u64,
    /// What the token source gives; also of a client without one.
    token: Arc<Mutex<String>>,
    /// Cancelled when connecting is to be given up.
    give_up: CancellationToken,
    /// Cancelled when connecting has ended.
    ended: CancellationToken,
    /// Set before connecting has ended, unless it failed.
    inner: OnceLock<fastpubsub::Client>,
    /// The state that was told last.
    state: Arc<Mutex<ClientState>>,
    /// What printing the options for debugging gives.
    options: OnceLock<String>,
}

impl Client {
    fn new(id: u64, token: String) -> Self {
        Self {
            id,
            token: Arc::new(Mutex::new(token)),
            give_up: CancellationToken::new(),
            ended: CancellationToken::new(),
            inner: OnceLock::new(),
            state: Arc::new(Mutex::new(ClientState::Connecting)),
            options: OnceLock::new(),
        }
    }

    /// The SDK's client, once it has connected.
    pub(crate) async fn connected(&self) -> Result<&fastpubsub::Client, Failure> {
        if self.inner.get().is_none() {
            self.ended.cancelled().await;
        }
        self.inner.get().ok_or_else(|| Failure::Fault(format!("the client {} has never been connected", self.id)))
    }

    /// Closes the client; one that still connects gives up.
    pub(crate) async fn close(&self) -> Result<(), Failure> {
        self.give_up.cancel();
        self.ended.cancelled().await;
        if let Some(inner) = self.inner.get() {
            inner.close().await?;
        }
        Ok(())
    }

    /// Closes a client that nobody asks about any more.
    pub(crate) async fn abandon(&self) {
        self.give_up.cancel();
        self.ended.cancelled().await;
        if let Some(inner) = self.inner.get() {
            // It may be closed already, or not be able to flush.
            let _ = inner.close_within(CLOSE_TIME).await;
        }
    }

    /// Changes what the token source gives.
    pub(crate) fn supply(&self, token: String) {
        *self.token.lock() = token;
    }

    pub(crate) fn inspect(&self) -> Value {
        let options = self.options.get().map_or("", String::as_str);
        let mut inspection = Inspection { debug_text: options.to_owned(), ..Inspection::default() };
        inspection.set_state(*self.state.lock());
        if let Some(inner) = self.inner.get() {
            inspection.debug_text = format!("{options}\n{inner:?}\n{inner:#?}");
            inspection.set_state(state_of(inner.status().state));
            inspection.round_trip_time = inner.rtt().and_then(|rtt| rtt.try_into().ok());
        }
        Value::Inspection(inspection)
    }
}

impl Driver {
    /// Makes a client and connects it.
    pub(crate) async fn open(&self, command: OpenCommand) -> Result<(), Failure> {
        let client = Arc::new(Client::new(command.client, command.token.clone()));
        self.add_client(client.clone());
        let _ended = client.ended.clone().drop_guard();
        let mut builder = options::of(&command)?;
        if command.use_token_source {
            builder = builder.token_source(options::source(client.id, client.token.clone(), self.output.clone()));
        }
        let (id, state, output) = (client.id, client.state.clone(), self.output.clone());
        builder = builder.on_status(move |status| {
            *state.lock() = state_of(status.state);
            output.event(state_changed(id, &status));
        });
        let output = self.output.clone();
        builder = builder.on_error(move |error| {
            let error = Some(sdk_error(&error));
            output.event(event::Event::ErrorReported(pipe::ErrorReported { client: id, error }));
        });
        let _ = client.options.set(format!("{builder:?}\n{builder:#?}"));
        let connected = tokio::select! {
            biased;
            // There is no client yet that could be closed: with this SDK whoever gives
            // connecting up drops the future, which then answers nothing.
            () = client.give_up.cancelled() => return Err(Failure::Canceled),
            connected = builder.connect() => connected?,
        };
        let _ = client.inner.set(connected);
        Ok(())
    }
}

fn state_changed(client: u64, status: &Status) -> event::Event {
    let mut changed = StateChanged { client, cause: status.cause.as_ref().map(sdk_error), ..StateChanged::default() };
    changed.set_state(state_of(status.state));
    event::Event::StateChanged(changed)
}

fn state_of(state: fastpubsub::State) -> ClientState {
    match state {
        fastpubsub::State::Connecting => ClientState::Connecting,
        fastpubsub::State::Connected => ClientState::Connected,
        fastpubsub::State::Reconnecting => ClientState::Reconnecting,
        fastpubsub::State::Closed => ClientState::Closed,
        _ => ClientState::Unspecified,
    }
}
