//! A stable address in front of servers that come and go.

use std::sync::{Arc, Mutex};

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

/// Forwards connections to one server after the other.
pub(crate) struct Forwarder {
    pub(crate) address: String,
    state: Arc<Mutex<State>>,
    _accepting: JoinSet<()>,
}

struct State {
    /// None: connections are closed at once.
    target: Option<String>,
    connections: JoinSet<()>,
}

impl Forwarder {
    pub(crate) async fn start(target: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("its address").to_string();
        let state = Arc::new(Mutex::new(State { target: Some(target.to_owned()), connections: JoinSet::new() }));
        let mut accepting = JoinSet::new();
        accepting.spawn(accept(listener, state.clone()));
        Self { address, state, _accepting: accepting }
    }

    /// New connections go to this server; the others stay where they are.
    pub(crate) fn point_to(&self, target: &str) {
        self.state.lock().unwrap().target = Some(target.to_owned());
    }

    /// New connections are closed at once, as long as no server is there.
    pub(crate) fn point_nowhere(&self) {
        self.state.lock().unwrap().target = None;
    }

    /// Cuts every connection.
    pub(crate) fn cut(&self) {
        self.state.lock().unwrap().connections.abort_all();
    }
}

async fn accept(listener: TcpListener, state: Arc<Mutex<State>>) {
    while let Ok((mut client, _)) = listener.accept().await {
        let mut locked = state.lock().unwrap();
        let Some(target) = locked.target.clone() else {
            continue;
        };
        locked.connections.spawn(async move {
            if let Ok(mut server) = TcpStream::connect(target).await {
                let _ = copy_bidirectional(&mut client, &mut server).await;
            }
        });
    }
}
