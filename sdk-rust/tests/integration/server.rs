//! A real server, for one test.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, SystemTime};

use fastpubsub::{Client, ClientBuilder, CreatedToken, Right, TenantGrant, TokenClient, TokenRequest};
use serde::Deserialize;
use tempfile::TempDir;

use super::{Transport, binary, within};

/// The tenant that the tests use.
pub(crate) const TENANT: &str = "my-tenant";
pub(crate) const MASTER_TOKEN: &str = "a-master-token-for-tests";
/// How often a starting server is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(10);

/// What the server says once it is ready.
#[derive(Clone, Deserialize)]
pub(crate) struct Ready {
    pub(crate) http: String,
    pub(crate) grpc: String,
    pub(crate) access_token: String,
}

/// A server that is killed at the end.
pub(crate) struct Server {
    child: Child,
    directory: TempDir,
    flags: Vec<String>,
    pub(crate) ready: Ready,
}

impl Server {
    pub(crate) async fn start() -> Self {
        Self::with(&[]).await
    }

    /// Starts a server with further flags.
    pub(crate) async fn with(flags: &[&str]) -> Self {
        let directory = tempfile::tempdir().expect("a directory for the server");
        let flags: Vec<String> = flags.iter().map(ToString::to_string).collect();
        let (child, ready) = launch(directory.path(), &flags).await;
        Self { child, directory, flags, ready }
    }

    /// Kills the server, without a word to its clients.
    pub(crate) fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// Starts the server again after a kill, with the same tokens and other addresses.
    pub(crate) async fn restart(&mut self) {
        (self.child, self.ready) = launch(self.directory.path(), &self.flags).await;
    }

    /// Asks the server to drain.
    pub(crate) fn drain(&self) {
        self.signal("-TERM");
    }

    /// Stops the server in the middle of whatever it does.
    pub(crate) fn pause(&self) {
        self.signal("-STOP");
    }

    /// Lets a paused server go on.
    pub(crate) fn resume(&self) {
        self.signal("-CONT");
    }

    fn signal(&self, signal: &str) {
        let sent = Command::new("kill").args([signal, &self.child.id().to_string()]).status();
        assert!(sent.expect("the program kill").success(), "the server is not there any more");
    }

    /// Waits until the server has ended by itself.
    pub(crate) async fn wait(&mut self) {
        while self.child.try_wait().expect("the server's status").is_none() {
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    /// Host and port for a transport.
    pub(crate) fn authority(&self, transport: Transport) -> &str {
        match transport {
            Transport::WebSocket => &self.ready.http,
            Transport::Grpc => &self.ready.grpc,
        }
    }

    pub(crate) fn url(&self, transport: Transport) -> String {
        url(transport, self.authority(transport))
    }

    /// A client to set up, with a token that allows everything.
    pub(crate) fn builder(&self, transport: Transport) -> ClientBuilder {
        Client::builder(self.url(transport)).token(&self.ready.access_token)
    }

    pub(crate) async fn connect(&self, transport: Transport) -> Client {
        within("a connection", self.builder(transport).connect()).await.expect("it connects")
    }

    /// The address of the token API that goes with a transport.
    pub(crate) fn administration(&self, transport: Transport) -> String {
        match transport {
            Transport::WebSocket => format!("http://{}", self.ready.http),
            Transport::Grpc => format!("grpc://{}", self.ready.grpc),
        }
    }

    pub(crate) fn tokens(&self, transport: Transport) -> TokenClient {
        let builder = TokenClient::builder(self.administration(transport)).master_token(MASTER_TOKEN);
        builder.build().expect("valid settings")
    }

    /// A fresh token for everything in a tenant, that lives for a while.
    pub(crate) async fn token(&self, lives: Duration) -> CreatedToken {
        let request = TokenRequest::new(everything(lives)).created_by("tests");
        within("a token", self.tokens(Transport::WebSocket).create(request)).await.expect("a token")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}

pub(crate) fn url(transport: Transport, authority: &str) -> String {
    match transport {
        Transport::WebSocket => format!("ws://{authority}/ws"),
        Transport::Grpc => format!("grpc://{authority}"),
    }
}

/// A right for every channel of the tests' tenant.
pub(crate) fn everything(lives: Duration) -> Right {
    let grant = TenantGrant::new([TENANT]).allow_pub(["#"]).allow_sub(["#"]);
    Right::new(SystemTime::now() + lives).grant(grant)
}

async fn launch(directory: &Path, flags: &[String]) -> (Child, Ready) {
    let ready_file = directory.join("ready.json");
    let _ = std::fs::remove_file(&ready_file);
    let mut child = Command::new(binary::path())
        .args(["serve", "--dev", "--http-addr", "127.0.0.1:0", "--grpc-addr", "127.0.0.1:0"])
        .args(["--master-token", MASTER_TOKEN, "--log-level", "error"])
        .arg("--data-dir")
        .arg(directory.join("data"))
        .arg("--ready-file")
        .arg(&ready_file)
        .args(flags)
        // The server refuses a variable of its prefix that it does not know.
        .env_remove("FASTPUBSUB_SERVER_BINARY")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the server starts");
    let ready = within("a ready server", async {
        loop {
            if let Ok(text) = std::fs::read_to_string(&ready_file) {
                return Ok(serde_json::from_str(&text).expect("a ready file as documented"));
            }
            if let Ok(Some(status)) = child.try_wait() {
                return Err(status);
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    })
    .await;
    match ready {
        Ok(ready) => (child, ready),
        Err(status) => {
            let said = child.wait_with_output().map(|output| output.stderr).unwrap_or_default();
            panic!("the server ended with {status}: {}", String::from_utf8_lossy(&said));
        }
    }
}
