//! The promise of a command's outcome: it is completed once, by whoever learns the
//! outcome first.

use std::sync::{Arc, OnceLock};

use tokio::sync::Notify;

use crate::fault::Fault;

pub(crate) type Outcome = Result<(), Fault>;

/// The outcome of one command. Clones are the same receipt.
#[derive(Clone, Default)]
pub(crate) struct Receipt(Arc<Promise>);

#[derive(Default)]
struct Promise {
    outcome: OnceLock<Outcome>,
    completed: Notify,
}

impl Receipt {
    /// A receipt that is not complete.
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// Sets the outcome. Only the first call counts; it says whether this one was
    /// it.
    pub(crate) fn complete(&self, outcome: Outcome) -> bool {
        let first = self.0.outcome.set(outcome).is_ok();
        if first {
            self.0.completed.notify_waiters();
        }
        first
    }

    /// The outcome, once the receipt is complete.
    pub(crate) fn outcome(&self) -> Option<Outcome> {
        self.0.outcome.get().cloned()
    }

    pub(crate) fn is_complete(&self) -> bool {
        self.0.outcome.get().is_some()
    }

    /// Waits for the outcome.
    pub(crate) async fn wait(&self) -> Outcome {
        loop {
            let completed = self.0.completed.notified();
            if let Some(outcome) = self.outcome() {
                return outcome;
            }
            completed.await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reason::Reason;

    #[tokio::test]
    async fn the_first_outcome_counts() {
        let receipt = Receipt::new();
        let waiting = tokio::spawn({
            let receipt = receipt.clone();
            async move { receipt.wait().await }
        });
        tokio::task::yield_now().await;
        assert!(receipt.complete(Err(Fault::new(Reason::Closed, "over"))));
        assert!(!receipt.complete(Ok(())));
        assert_eq!(waiting.await.unwrap().unwrap_err().reason(), &Reason::Closed);
        assert_eq!(receipt.wait().await.unwrap_err().reason(), &Reason::Closed);
    }
}
