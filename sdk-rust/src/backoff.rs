//! How long to wait before the next attempt to connect: exponential with full
//! jitter, so that the clients of a server that comes back do not come back all at
//! once (SDK-7).

use std::time::Duration;

/// The range of the waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Policy {
    /// The longest wait after the first failure.
    pub(crate) min: Duration,
    /// The longest wait ever.
    pub(crate) max: Duration,
}

impl Default for Policy {
    fn default() -> Self {
        Self { min: Duration::from_millis(100), max: Duration::from_secs(30) }
    }
}

impl Policy {
    /// The longest wait after the given number of failures, 1 or more: the minimum,
    /// doubled for each further one, at most the maximum.
    pub(crate) fn ceiling(&self, failures: u32) -> Duration {
        let doubled = 1_u32.checked_shl(failures.saturating_sub(1)).unwrap_or(u32::MAX);
        self.min.saturating_mul(doubled).min(self.max)
    }

    /// The wait after the given number of failures: the fraction, from 0 to below 1, of
    /// the ceiling.
    fn wait(&self, failures: u32, fraction: f64) -> Duration {
        self.ceiling(failures).mul_f64(fraction)
    }
}

/// Counts failures.
#[derive(Debug)]
pub(crate) struct Backoff {
    policy: Policy,
    failures: u32,
}

impl Backoff {
    pub(crate) fn new(policy: Policy) -> Self {
        Self { policy, failures: 0 }
    }

    /// Counts a failure and gives a random wait between 0 and the ceiling.
    pub(crate) fn next(&mut self) -> Duration {
        self.failures = self.failures.saturating_add(1);
        self.policy.wait(self.failures, fastrand::f64())
    }

    /// How many failures there have been since the last reset.
    pub(crate) fn failures(&self) -> u32 {
        self.failures
    }

    pub(crate) fn reset(&mut self) {
        self.failures = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vectors;

    // SDK-7: the vectors that all SDKs share.
    #[test]
    fn vectors() {
        for case in vectors::load::<vectors::Wait>("backoff.json") {
            let policy = Policy { min: Duration::from_millis(case.min_ms), max: Duration::from_millis(case.max_ms) };
            let ceiling = policy.ceiling(case.failures);
            assert_eq!(ceiling, Duration::from_secs_f64(case.ceiling_ms / 1e3), "{}", case.name);
            let (got, want) = (policy.wait(case.failures, case.fraction), Duration::from_secs_f64(case.wait_ms / 1e3));
            assert!(got.abs_diff(want) <= Duration::from_millis(1) + want / 1_000_000, "{}: {got:?}", case.name);
        }
    }

    // SDK-7: full jitter.
    #[test]
    fn waits_are_spread_over_the_whole_range() {
        let policy = Policy { min: Duration::from_secs(1), max: Duration::from_secs(1) };
        let waits: Vec<_> = (0..1000).map(|_| Backoff::new(policy).next()).collect();
        assert!(waits.iter().all(|wait| *wait <= policy.max));
        assert!(waits.iter().any(|wait| *wait < policy.max / 10));
        assert!(waits.iter().any(|wait| *wait > policy.max * 9 / 10));
    }

    #[test]
    fn reset_starts_again() {
        let mut backoff = Backoff::new(Policy::default());
        for _ in 0..20 {
            backoff.next();
        }
        assert_eq!(backoff.failures(), 20);
        backoff.reset();
        assert!(backoff.next() <= Duration::from_millis(100));
    }
}
