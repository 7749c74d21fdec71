use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use futures_core::Stream;
use tokio::task::coop::poll_proceed;

use crate::error::Error;
use crate::inbox::{End, Item};
use crate::message::{Lagged, Message};
use crate::supervisor;

/// What a [`Subscription`] yields.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// A message that matched.
    Message(Message),
    /// Messages were lost here, because the application reads too slowly. The
    /// subscription goes on.
    Lagged(Lagged),
}

/// What matches one pattern: a [`Stream`] of [`Event`]s, in order.
///
/// The stream ends without an error after [`Client::close`](crate::Client::close) and
/// [`Subscription::unsubscribe`]. When the server ends the subscription, the last item is
/// the error that says why. Dropping a subscription ends it at once, and the server is
/// told in the background.
#[must_use = "dropping a subscription ends it"]
pub struct Subscription {
    inner: supervisor::Subscription,
    timeout: Duration,
    /// The end has been told.
    over: bool,
}

impl Subscription {
    pub(crate) fn new(inner: supervisor::Subscription, timeout: Duration) -> Self {
        Self { inner, timeout, over: false }
    }

    /// The tenant of the subscription.
    #[must_use]
    pub fn tenant(&self) -> &str {
        self.inner.tenant()
    }

    /// The pattern of the subscription.
    #[must_use]
    pub fn pattern(&self) -> &str {
        self.inner.pattern()
    }

    /// Waits for the next event; none when the stream has ended. Dropping the future
    /// loses nothing.
    ///
    /// # Errors
    ///
    /// Why the server or the client ended the subscription; after that the stream has
    /// ended.
    pub async fn recv(&mut self) -> Result<Option<Event>, Error> {
        poll_fn(|cx| self.poll_event(cx)).await.transpose()
    }

    /// Ends the subscription in order: it returns when the server has acknowledged that
    /// nothing more will come. What has been received until then can still be read; after
    /// that the stream ends.
    ///
    /// # Errors
    ///
    /// [`Reason::TimedOut`](crate::Reason::TimedOut) when the server has not answered; the
    /// subscription has ended nevertheless.
    pub async fn unsubscribe(&self) -> Result<(), Error> {
        Ok(self.inner.unsubscribe(self.timeout).await?)
    }

    fn poll_event(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Event, Error>>> {
        if self.over {
            return Poll::Ready(None);
        }
        // A reader that always finds something lets other tasks run nevertheless.
        let budget = ready!(poll_proceed(cx));
        let next = ready!(self.inner.poll_next(cx));
        budget.made_progress();
        Poll::Ready(match next {
            Ok(Item::Message(message)) => Some(Ok(Event::Message(message))),
            Ok(Item::Lagged(lagged)) => Some(Ok(Event::Lagged(lagged))),
            Err(end) => {
                self.over = true;
                match end {
                    End::Closed => None,
                    End::Cause(cause) => Some(Err(cause.into())),
                }
            }
        })
    }
}

impl Stream for Subscription {
    type Item = Result<Event, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.poll_event(cx)
    }
}

impl fmt::Debug for Subscription {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Subscription")
            .field("tenant", &self.tenant())
            .field("pattern", &self.pattern())
            .finish_non_exhaustive()
    }
}
