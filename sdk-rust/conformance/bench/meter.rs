use std::time::{Duration, Instant};

use rustix::time::{ClockId, clock_gettime};
use serde_json::{Value, json};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region};

/// Reads the time, the processor time and the allocator between two moments.
pub(crate) struct Meter {
    began: Instant,
    cpu: Duration,
    allocations: Region<'static, std::alloc::System>,
}

impl Meter {
    pub(crate) fn start() -> Self {
        Self { began: Instant::now(), cpu: cpu_time(), allocations: Region::new(&INSTRUMENTED_SYSTEM) }
    }

    /// What a number of messages has cost since the start.
    pub(crate) fn result(&self, messages: u64) -> Value {
        let (seconds, cpu) = (self.began.elapsed(), cpu_time().saturating_sub(self.cpu));
        let allocated = self.allocations.change();
        json!({
            "event": "result",
            "messages": messages,
            "seconds": seconds.as_secs_f64(),
            "cpu_seconds": cpu.as_secs_f64(),
            "allocated_bytes": allocated.bytes_allocated,
            "allocations": allocated.allocations + allocated.reallocations,
        })
    }
}

/// What the threads of this process have used of the processors.
fn cpu_time() -> Duration {
    clock_gettime(ClockId::ProcessCPUTime).try_into().unwrap_or_default()
}

/// Bytes that are allocated now.
pub(crate) fn live_bytes() -> usize {
    let all = INSTRUMENTED_SYSTEM.stats();
    all.bytes_allocated.saturating_sub(all.bytes_deallocated)
}
