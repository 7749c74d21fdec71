use std::panic::{AssertUnwindSafe, catch_unwind};

use parking_lot::Mutex;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

/// How many calls may wait for a handler that takes its time.
const PENDING_LIMIT: usize = 1024;

type Call = Box<dyn FnOnce() + Send>;

/// Calls the application's handlers, one after the other and in order, without
/// letting them hold up the connection.
pub(super) struct Notifier {
    calls: Mutex<Option<mpsc::Sender<Call>>>,
    task: Mutex<Option<JoinHandle<()>>>,
}

impl Notifier {
    /// Starts the task that calls.
    pub(super) fn start() -> Self {
        let (calls, mut pending) = mpsc::channel::<Call>(PENDING_LIMIT);
        let task = tokio::spawn(async move {
            while let Some(call) = pending.recv().await {
                if catch_unwind(AssertUnwindSafe(call)).is_err() {
                    tracing::error!("a handler of the application panicked");
                }
                tokio::task::yield_now().await;
            }
        });
        Self { calls: Mutex::new(Some(calls)), task: Mutex::new(Some(task)) }
    }

    /// Makes a call soon, after everything that was given before. When very many
    /// calls are waiting it is dropped, and the answer is false.
    pub(super) fn call(&self, call: impl FnOnce() + Send + 'static) -> bool {
        let calls = self.calls.lock();
        calls.as_ref().is_some_and(|calls| calls.try_send(Box::new(call)).is_ok())
    }

    /// Waits until every call has been made; there are no more.
    pub(super) async fn finish(&self) {
        drop(self.calls.lock().take());
        let task = self.task.lock().take();
        if let Some(task) = task {
            let _ = task.await;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    // SDK-10: in order; a handler that panics does not end the calls.
    #[tokio::test]
    async fn calls_are_made_in_order() {
        let notifier = Notifier::start();
        let seen = Arc::new(Mutex::new(Vec::new()));
        for number in 0..5 {
            let seen = seen.clone();
            assert!(notifier.call(move || {
                seen.lock().push(number);
                assert_ne!(number, 2, "on purpose");
            }));
        }
        notifier.finish().await;
        assert_eq!(*seen.lock(), [0, 1, 2, 3, 4]);
        assert!(!notifier.call(|| {}));
    }

    #[tokio::test]
    async fn very_many_calls_are_dropped() {
        let notifier = Notifier::start();
        let made = (0..PENDING_LIMIT + 5).filter(|_| notifier.call(|| {})).count();
        assert_eq!(made, PENDING_LIMIT);
        notifier.finish().await;
    }
}
