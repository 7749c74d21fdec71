use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::{Expiry, GoAway, Session, Welcome};
use crate::fault::Fault;
use crate::generated::{self as proto, session_response::Event as Response};
use crate::reason::Reason;
use crate::transport::Receiver;
use crate::wire::{Decoder, Event};

impl Session {
    /// Handles what the server sends until the connection ends. It never waits for
    /// the application.
    pub(super) async fn read(self: Arc<Self>, mut frames: Box<dyn Receiver>) {
        let mut done = pin!(self.done.cancelled());
        let mut decoder = Decoder::default();
        loop {
            let next = tokio::select! {
                biased;
                () = &mut done => return,
                next = poll_fn(|cx| frames.poll_receive(cx)) => next,
            };
            let frame = match next {
                Ok(frame) => frame,
                Err(cause) => return self.end(cause),
            };
            self.heard.store(true, Ordering::Relaxed);
            match decoder.decode(&frame) {
                Ok(Event::Deliveries(batch)) => tokio::select! {
                    biased;
                    () = self.feed.deliver(batch) => {}
                    () = &mut done => return,
                },
                Ok(Event::Other(event)) => self.handle(event),
                Ok(Event::Nothing) => {}
                Err(malformed) => {
                    let text = "the server sent something that is not a frame of the protocol";
                    return self.end(Fault::new(Reason::ConnectionLost, text).caused_by(malformed));
                }
            }
        }
    }

    fn handle(self: &Arc<Self>, event: Response) {
        match event {
            Response::Welcome(welcome) => self.welcome_in(welcome),
            Response::Success(success) => self.succeed(&success),
            Response::Failure(failure) => self.fail(&failure),
            Response::Lost(lost) => self.feed.lost(lost.messages),
            Response::SubscriptionEnded(ended) => self.subscription_ended(&ended),
            Response::GoAway(go_away) => self.send_away(go_away),
            Response::Deliveries(_) => {} // read by hand
        }
    }

    /// Takes the first welcome; there is no second one.
    fn welcome_in(&self, welcome: proto::Welcome) {
        if self.welcome.get().is_none() {
            *self.expiry.lock() = Expiry::of(welcome.token_expires_at);
            let _ = self.welcome.set(Welcome::from(welcome));
            self.welcomed.cancel();
        }
    }

    /// Takes the first go-away; further ones say nothing new.
    fn send_away(&self, event: proto::GoAway) {
        let _ = self.going.set(GoAway::from(event));
        self.going_away.cancel();
    }

    fn subscription_ended(&self, event: &proto::SubscriptionEnded) {
        // Otherwise it was unsubscribed meanwhile.
        if let Some(route) = self.feed.route(event.pattern_handle) {
            let cause = Fault::new(Reason::from_contract(event.reason), &event.message);
            self.ledger.ended(&route, &cause);
            self.feed.unbind(&route);
        }
    }
}
