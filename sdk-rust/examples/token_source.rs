//! A source of short-lived tokens: the client asks it in time, and the fresh token
//! replaces the old one without reconnecting.
//!
//! An application asks a service of its own for tokens; here the master token is at
//! hand. `cargo run --example token_source` with `FASTPUBSUB_URL`, `FASTPUBSUB_SERVER`
//! and `FASTPUBSUB_MASTER_TOKEN` set.

use std::time::{Duration, SystemTime};

use fastpubsub::{Client, Error, Right, TenantGrant, TokenClient, TokenRequest, TokenSourceError};

/// How long a token lives, and how long the example runs.
const LIFE: Duration = Duration::from_secs(3);

async fn fresh_token(tokens: TokenClient) -> Result<String, TokenSourceError> {
    let grant = TenantGrant::new(["my-tenant"]).allow_pub(["#"]).allow_sub(["#"]);
    let right = Right::new(SystemTime::now() + LIFE).grant(grant);
    let created = tokens.create(TokenRequest::new(right).created_by("example")).await?;
    eprintln!("a fresh token: {}", created.id);
    Ok(created.token().to_owned())
}

#[tokio::main]
async fn main() -> Result<(), Error> {
    let url = std::env::var("FASTPUBSUB_URL").unwrap_or_else(|_| "ws://127.0.0.1:8080/ws".into());
    let server = std::env::var("FASTPUBSUB_SERVER").unwrap_or_else(|_| "http://127.0.0.1:8080".into());
    let master = std::env::var("FASTPUBSUB_MASTER_TOKEN").unwrap_or_default();
    let tokens = TokenClient::builder(server).master_token(master).build()?;

    let client = Client::builder(url)
        .token_source(move || fresh_token(tokens.clone()))
        .on_status(|status| eprintln!("{}", status.state))
        .on_error(|error| eprintln!("{error:#}"))
        .connect()
        .await?;
    tokio::time::sleep(LIFE + LIFE / 2).await;
    client.publish("my-tenant", "a", "still connected").await?;
    println!("published with a token that was renewed");
    client.close().await
}
