use tokio::time::{Instant, timeout_at};

use super::Session;
use super::command::Command;
use crate::fault::{Fault, Retry};
use crate::reason::Reason;
use crate::receipt::Receipt;

impl Session {
    /// Subscribes to everything that the application wants and that this connection
    /// does not have, and waits until it has it. A pattern that the server refuses for
    /// good ends with that reason; when it may be accepted later, the whole attempt
    /// fails.
    pub(crate) async fn resubscribe(&self, deadline: Instant) -> Result<(), Fault> {
        loop {
            let missing = self.ledger.missing();
            if missing.is_empty() {
                return Ok(());
            }
            let receipts: Vec<Receipt> = missing
                .into_iter()
                .map(|telling| {
                    let receipt = Receipt::new();
                    self.send_resubscribe(telling, receipt.clone());
                    receipt
                })
                .collect();
            for receipt in receipts {
                match timeout_at(deadline, receipt.wait()).await {
                    Ok(Err(refusal)) if refusal.retry() == Retry::Yes => return Err(refusal),
                    Ok(_) => {}
                    Err(_) => {
                        let text = "the subscriptions were not acknowledged in time";
                        return Err(Fault::new(Reason::TimedOut, text));
                    }
                }
            }
        }
    }

    /// Unsubscribes from everything, and waits until the server has acknowledged it or
    /// the deadline passes: what was delivered to this connection has then been
    /// received, and nothing more will be. Its feed finishes.
    pub(crate) async fn retire(&self, deadline: Instant) {
        let mut receipts = Vec::new();
        for route in self.ledger.told() {
            let receipt = Receipt::new();
            receipts.push(receipt.clone());
            self.send_unsubscribe(Command::Retire(receipt), &route);
        }
        receipts.push(self.fence());
        for receipt in receipts {
            if timeout_at(deadline, receipt.wait()).await.is_err() {
                break;
            }
        }
        self.feed.finish();
    }
}
