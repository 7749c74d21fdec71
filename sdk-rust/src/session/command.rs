use std::sync::Arc;

use tokio::time::Instant;

use crate::fault::{Cause, Fault};
use crate::reason::Reason;
use crate::receipt::Receipt;
use crate::registry::{Route, Telling};

/// The record of a command that has been sent and not answered.
pub(super) enum Command {
    /// The application's wish; perhaps nobody waits.
    Subscribe {
        telling: Telling,
        receipt: Option<Receipt>,
    },
    /// Part of connecting.
    Resubscribe {
        telling: Telling,
        receipt: Receipt,
    },
    /// The application's wish; perhaps nobody waits.
    Unsubscribe {
        route: Arc<Route>,
        receipt: Option<Receipt>,
    },
    /// An unsubscribe before the connection is given up.
    Retire(Receipt),
    Authenticate(Receipt),
    Ping {
        receipt: Receipt,
        sent_at: Instant,
    },
}

impl Command {
    pub(super) fn complete(&self, outcome: Result<(), Fault>) {
        match self {
            Self::Subscribe { receipt, .. } | Self::Unsubscribe { receipt, .. } => {
                if let Some(receipt) = receipt {
                    receipt.complete(outcome);
                }
            }
            Self::Resubscribe { receipt, .. }
            | Self::Retire(receipt)
            | Self::Authenticate(receipt)
            | Self::Ping { receipt, .. } => {
                receipt.complete(outcome);
            }
        }
    }

    /// Says what becomes of a command when the connection ends before the answer: a
    /// subscription is sent again over the next connection, one that was to end has
    /// ended with the connection, and the rest has failed.
    pub(super) fn abandon(&self, cause: &Fault) {
        match self {
            Self::Unsubscribe { .. } | Self::Retire(_) => self.complete(Ok(())),
            _ => self.complete(Err(lost(Some(cause)))),
        }
    }
}

/// The fault of a command whose outcome is unknown.
pub(super) fn lost(cause: Option<&Fault>) -> Fault {
    let lost = Fault::new(
        Reason::ConnectionLost,
        "the connection ended before the server had answered; the outcome is unknown",
    );
    match cause {
        Some(cause) => lost.with_cause(Arc::new(cause.clone()) as Cause),
        None => lost,
    }
}
