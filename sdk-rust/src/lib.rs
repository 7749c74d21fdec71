//! Client of `FastPubSub`: publish and subscribe over WebSocket or gRPC.
//!
//! ```no_run
//! use fastpubsub::{Client, Event};
//!
//! #[tokio::main]
//! async fn main() -> Result<(), fastpubsub::Error> {
//!     let client = Client::builder("ws://127.0.0.1:8080/ws").token("AT_…").connect().await?;
//!     let mut orders = client.subscribe("my-tenant", "orders.#").await?;
//!     client.publish("my-tenant", "orders.eu", "hello").await?;
//!     while let Some(event) = orders.recv().await? {
//!         match event {
//!             Event::Message(message) => println!("{}: {:?}", message.channel, message.payload),
//!             Event::Lagged(lagged) => eprintln!("{lagged}"),
//!             _ => {}
//!         }
//!     }
//!     Ok(())
//! }
//! ```
//!
//! A [`Client`] keeps one connection, makes a new one when it is lost, subscribes to
//! everything again, and moves to another server without losing a message when its own
//! is about to stop. It logs with [`tracing`](https://docs.rs/tracing), and never a secret.
//!
//! # Features
//!
//! Both are enabled by default.
//!
//! * `websocket`: `ws://` and `wss://` addresses, and `http://` and `https://` for
//!   [`TokenClient`].
//! * `grpc`: `grpc://` and `grpcs://` addresses.

#![forbid(unsafe_code)]

#[cfg(not(any(feature = "grpc", feature = "websocket")))]
compile_error!("the crate fastpubsub needs a transport: enable the feature \"grpc\", \"websocket\", or both");

mod backoff;
mod builder;
mod client;
mod credential;
mod deadline;
mod dedup;
mod dispatch;
mod error;
#[cfg(test)]
mod faketransport;
mod fault;
mod generated;
mod inbox;
mod message;
mod name;
mod outbox;
mod publish;
mod reason;
mod receipt;
mod registry;
mod secret;
mod session;
mod state;
mod subscribe;
mod subscription;
mod supervisor;
mod token;
mod token_client;
mod token_source;
mod tokens;
mod transport;
#[cfg(test)]
#[allow(clippy::struct_field_names, reason = "the members are named as in the files")]
mod vectors;
mod wire;

pub use builder::ClientBuilder;
pub use client::Client;
pub use error::Error;
pub use message::{DeliveryMode, Lagged, Message, MessageId};
pub use publish::{Publish, PublishFuture};
pub use reason::Reason;
pub use state::{State, Status};
pub use subscribe::{Subscribe, SubscribeFuture};
pub use subscription::{Event, Subscription};
pub use token::{CreatedToken, Right, TenantGrant, TokenInfo, TokenRequest, TokenState};
pub use token_client::{TokenClient, TokenClientBuilder};
pub use token_source::{TokenFuture, TokenSource, TokenSourceError};

/// The programs of the README are compiled, too.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
