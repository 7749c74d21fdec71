use std::future::Future;
use std::io;
use std::time::Duration;

use std::future::poll_fn;
use tokio::runtime::{Builder, Handle, Runtime};
use tokio::time::{Instant, sleep};

/// How often it is looked whether a task has ended.
const LOOK_EVERY: Duration = Duration::from_millis(5);

/// Where the SDK's tasks run, and no other: so whatever is alive here belongs to it.
pub(crate) struct SdkRuntime {
    handle: Handle,
    /// Ends with the process: to wait for what has leaked would be for ever.
    runtime: Option<Runtime>,
}

impl SdkRuntime {
    pub(crate) fn new() -> io::Result<Self> {
        let runtime = Builder::new_multi_thread().worker_threads(2).thread_name("sdk").enable_all().build()?;
        Ok(Self { handle: runtime.handle().clone(), runtime: Some(runtime) })
    }

    /// A future whose calls of the SDK spawn their tasks here, wherever it is polled.
    pub(crate) fn within<F: Future>(&self, future: F) -> impl Future<Output = F::Output> + use<F> {
        let handle = self.handle.clone();
        let mut future = Box::pin(future);
        poll_fn(move |cx| {
            let _entered = handle.enter();
            future.as_mut().poll(cx)
        })
    }

    /// How many tasks are alive, once they have had their time to end.
    pub(crate) async fn leaked(&self, patience: Duration) -> usize {
        let deadline = Instant::now() + patience;
        loop {
            let alive = self.handle.metrics().num_alive_tasks();
            if alive == 0 || Instant::now() >= deadline {
                return alive;
            }
            sleep(LOOK_EVERY).await;
        }
    }
}

impl Drop for SdkRuntime {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // A task that the SDK forgets is found, and one that ends is none.
    #[tokio::test]
    async fn a_forgotten_task_is_found() {
        let sdk = SdkRuntime::new().unwrap();
        let (forgotten, brief) =
            sdk.within(async { (tokio::spawn(std::future::pending::<()>()), tokio::spawn(async {})) }).await;
        brief.await.unwrap();
        // A task counts for a moment longer than it is waited for.
        while sdk.leaked(Duration::ZERO).await > 1 {
            sleep(LOOK_EVERY).await;
        }
        assert_eq!(sdk.leaked(Duration::from_millis(20)).await, 1);
        forgotten.abort();
        assert_eq!(sdk.leaked(Duration::from_secs(30)).await, 0);
    }

    #[tokio::test]
    async fn tasks_of_the_driver_do_not_count() {
        let sdk = SdkRuntime::new().unwrap();
        let own = tokio::spawn(std::future::pending::<()>());
        assert_eq!(sdk.leaked(Duration::ZERO).await, 0);
        own.abort();
    }
}
