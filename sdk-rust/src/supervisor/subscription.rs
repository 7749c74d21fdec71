use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::time::timeout;

use super::Handle;
use crate::fault::Fault;
use crate::inbox::{self, End, Inbox, Item};
use crate::name;
use crate::receipt::Receipt;
use crate::registry::Member;

/// One local subscription. Dropping it ends it at once: what is buffered is gone,
/// and the server is told in the background.
pub(crate) struct Subscription {
    handle: Arc<Handle>,
    inbox: Arc<Inbox>,
    member: Arc<Member>,
}

impl Subscription {
    /// Adds a local subscription and waits until the server has acknowledged its
    /// pattern.
    pub(crate) async fn open(
        handle: &Arc<Handle>,
        tenant: &str,
        pattern: &str,
        limits: inbox::Limits,
        wait: Duration,
    ) -> Result<Self, Fault> {
        let accepted = *handle.limits.read();
        let tenant = name::tenant(tenant, accepted.tenant)?;
        name::pattern(pattern, accepted.channel)?;
        let inbox = Arc::new(Inbox::new(limits));
        let member = handle.registry.join(tenant, pattern, inbox.clone())?;
        let subscription = Self { handle: handle.clone(), inbox, member };
        handle.outbox.sync(subscription.member.route(), None);
        match timeout(wait, subscription.member.ready().wait()).await {
            Ok(ready) => ready?,
            Err(_) => return Err(Fault::timed_out("the subscription was not acknowledged", wait)),
        }
        Ok(subscription)
    }

    pub(crate) fn tenant(&self) -> &str {
        &self.member.route().tenant
    }

    pub(crate) fn pattern(&self) -> &str {
        &self.member.route().pattern
    }

    pub(crate) fn poll_next(&self, cx: &mut Context<'_>) -> Poll<Result<Item, End>> {
        self.inbox.poll_next(cx)
    }

    /// Ends the subscription in order: it waits until the server has acknowledged that
    /// nothing more will come. What has come until then can still be read.
    pub(crate) async fn unsubscribe(&self, wait: Duration) -> Result<(), Fault> {
        let mut outcome = Ok(());
        if self.handle.registry.depart(&self.member) {
            let receipt = Receipt::new();
            self.handle.outbox.sync(self.member.route(), Some(receipt.clone()));
            outcome = timeout(wait, receipt.wait())
                .await
                .unwrap_or_else(|_| Err(Fault::timed_out("the end of the subscription was not acknowledged", wait)));
        }
        self.leave();
        self.inbox.end(End::Closed);
        outcome
    }

    fn leave(&self) {
        if self.handle.registry.leave(&self.member) {
            self.handle.outbox.sync(self.member.route(), None);
        }
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        self.inbox.close();
        self.leave();
    }
}
