//! The examples run against a real server.

use std::path::PathBuf;
use std::process::Command;

use super::server::{MASTER_TOKEN, Server};
use super::{BOTH, Transport};

/// Where cargo puts the examples when it builds the tests.
fn program(name: &str) -> PathBuf {
    let test = std::env::current_exe().expect("the path of this test");
    let profile = test.ancestors().nth(2).expect("the directory of the profile");
    profile.join("examples").join(name)
}

fn run(server: &Server, transport: Transport, name: &str) -> String {
    let output = Command::new(program(name))
        .env("FASTPUBSUB_URL", server.url(transport))
        .env("FASTPUBSUB_TOKEN", &server.ready.access_token)
        .env("FASTPUBSUB_SERVER", server.administration(transport))
        .env("FASTPUBSUB_MASTER_TOKEN", MASTER_TOKEN)
        .output()
        .expect("the examples are built: run `cargo test`, or `cargo build --examples`");
    let failed = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{name} over {transport:?}: {failed}");
    String::from_utf8(output.stdout).expect("a text")
}

#[tokio::test]
async fn examples() {
    let server = Server::start().await;
    for transport in BOTH {
        assert_eq!(run(&server, transport, "quickstart"), "orders.eu: hello\n");
        assert!(run(&server, transport, "publishing").starts_with("round trip: "));
        let slow = run(&server, transport, "slow_consumer");
        assert!(slow.starts_with("lagged by 90 messages") && slow.ends_with("\n99\n"), "{slow}");
        let many = run(&server, transport, "many_subscriptions");
        assert_eq!(many.lines().count(), 3, "{many}");
        assert!(run(&server, transport, "token_source").contains("renewed"));
    }
}
