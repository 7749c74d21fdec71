//! Carries session frames over a WebSocket with the subprotocol `fastpubsub.v1`, one
//! frame in one binary message.

mod closing;
mod messages;
mod refusal;
mod upgrade;

use futures_core::future::BoxFuture;

use super::{Connection, Connector, Endpoint, Security};
use crate::fault::Fault;
use crate::secret::Secret;

/// Makes WebSocket connections to one address.
pub(crate) struct Dialer {
    connector: Connector,
}

impl Dialer {
    pub(crate) fn new(endpoint: Endpoint, security: Security) -> Self {
        Self { connector: Connector::new(endpoint, security, "http/1.1") }
    }

    async fn open(&self, token: &Secret) -> Result<Connection, Fault> {
        let (socket, read_ahead) = upgrade::upgrade(&self.connector, token).await?;
        Ok(messages::connection(socket, read_ahead).await)
    }
}

impl super::Dialer for Dialer {
    fn dial<'a>(&'a self, token: &'a Secret) -> BoxFuture<'a, Result<Connection, Fault>> {
        Box::pin(self.open(token))
    }

    fn address(&self) -> &str {
        self.connector.address()
    }
}
