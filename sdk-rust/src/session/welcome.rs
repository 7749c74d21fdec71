use std::time::{Duration, SystemTime};

use tokio::time::Instant;

use super::Expiry;
use crate::deadline;
use crate::generated as proto;
use crate::reason::Reason;

const DEFAULT_KEEP_ALIVE: Duration = Duration::from_secs(20);

/// What the server accepts, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Limits {
    pub(crate) tenant: usize,
    pub(crate) channel: usize,
    pub(crate) payload: usize,
    pub(crate) frame: usize,
}

/// They hold until a server has said otherwise.
impl Default for Limits {
    fn default() -> Self {
        Self { tenant: 128, channel: 256, payload: 65535, frame: i32::MAX as usize }
    }
}

/// The server's first word.
#[derive(Clone, Debug)]
pub(crate) struct Welcome {
    pub(crate) session_id: String,
    pub(crate) node: String,
    pub(crate) server_version: String,
    pub(crate) limits: Limits,
    pub(crate) keep_alive: Duration,
}

impl Default for Welcome {
    fn default() -> Self {
        Self::from(proto::Welcome::default())
    }
}

impl From<proto::Welcome> for Welcome {
    fn from(welcome: proto::Welcome) -> Self {
        let declared = welcome.limits.unwrap_or_default();
        let default = Limits::default();
        let keep_alive = welcome.keep_alive_interval.map(duration).unwrap_or_default();
        Self {
            session_id: welcome.session_id,
            node: welcome.node,
            server_version: welcome.server_version,
            limits: Limits {
                tenant: limit(declared.max_tenant_bytes, default.tenant),
                channel: limit(declared.max_channel_bytes, default.channel),
                payload: limit(declared.max_payload_bytes, default.payload),
                frame: limit(declared.max_frame_bytes, default.frame),
            },
            keep_alive: if keep_alive.is_zero() { DEFAULT_KEEP_ALIVE } else { keep_alive.min(deadline::LONGEST) },
        }
    }
}

fn limit(declared: u32, otherwise: usize) -> usize {
    match usize::try_from(declared) {
        Ok(0) | Err(_) => otherwise,
        Ok(limit) => limit.min(i32::MAX as usize),
    }
}

/// A negative duration is none.
fn duration(duration: prost_types::Duration) -> Duration {
    duration.try_into().unwrap_or_default()
}

/// Asks the client to move.
#[derive(Clone, Debug)]
pub(crate) struct GoAway {
    pub(crate) reason: Reason,
    pub(crate) text: String,
    /// When the server closes the connection.
    pub(crate) until: Instant,
}

impl GoAway {
    /// What a server that has said nothing more would mean.
    pub(super) fn now() -> Self {
        Self::from(proto::GoAway::default())
    }
}

impl From<proto::GoAway> for GoAway {
    fn from(event: proto::GoAway) -> Self {
        let left = event.time_until_close.map(duration).unwrap_or_default();
        Self { reason: Reason::from_contract(event.reason), text: event.message, until: deadline::after(left) }
    }
}

impl Expiry {
    /// The expiry that the server named, if it has.
    pub(super) fn of(timestamp: Option<prost_types::Timestamp>) -> Option<Self> {
        let time = SystemTime::try_from(timestamp?).ok()?;
        let left = time.duration_since(SystemTime::now()).unwrap_or_default();
        Some(Self { at: deadline::after(left), time })
    }
}
