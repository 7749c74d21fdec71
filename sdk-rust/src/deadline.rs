//! The end of a span of time, however long an application or a server says that it is.

use std::time::Duration;

use tokio::time::Instant;

/// Longer than any client lives: 30 years.
pub(crate) const LONGEST: Duration = Duration::from_secs(30 * 365 * 24 * 60 * 60);

/// When a span that begins now is over.
pub(crate) fn after(span: Duration) -> Instant {
    Instant::now() + span.min(LONGEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn no_span_is_too_long() {
        let now = Instant::now();
        assert_eq!(after(Duration::from_secs(7)), now + Duration::from_secs(7));
        assert_eq!(after(Duration::MAX), now + LONGEST);
    }
}
