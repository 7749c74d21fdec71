use serde::Deserialize;

use super::{Bytes, Number};

/// Structures of the file, which may have no further member.
macro_rules! structures {
    ($($name:ident { $($(#[$attribute:meta])* $field:ident: $type:ty,)+ })+) => {$(
        #[derive(Debug, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub(crate) struct $name {
            $($(#[$attribute])* pub(crate) $field: $type,)+
        }
    )+};
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Command {
    Subscribe(Named),
    Unsubscribe(Named),
    Publish(Publish),
    Authenticate(Authenticate),
    Ping(Ping),
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Event {
    Welcome(Welcome),
    Success(Success),
    Failure(Failure),
    Deliveries(Deliveries),
    Lost(Lost),
    SubscriptionEnded(SubscriptionEnded),
    GoAway(GoAway),
}

structures! {
    Named {
        request_id: Number,
        tenant: String,
        pattern: String,
    }
    Publish {
        messages: Vec<Outgoing>,
    }
    Outgoing {
        request_id: Number,
        tenant: String,
        channel: String,
        payload: Bytes,
        delivery_mode: String,
    }
    Authenticate {
        request_id: Number,
        token: String,
    }
    Ping {
        request_id: Number,
    }
    Welcome {
        session_id: String,
        node: String,
        server_version: String,
        limits: Limits,
        keep_alive_interval_ms: f64,
        token_expires_at_unix_nanos: Option<Number>,
    }
    Limits {
        max_tenant_bytes: u32,
        max_channel_bytes: u32,
        max_payload_bytes: u32,
        max_frame_bytes: u32,
    }
    Success {
        request_ids: Vec<Number>,
        #[serde(default)]
        pattern_handle: Number,
        token_expires_at_unix_nanos: Option<Number>,
    }
    Failure {
        request_id: Number,
        reason: String,
        message: String,
        retryable: bool,
        closes_session: bool,
    }
    Deliveries {
        messages: Vec<Delivery>,
    }
    Delivery {
        id_origin: Number,
        id_sequence: Number,
        published_at_unix_nanos: Number,
        tenant: String,
        channel: String,
        payload: Bytes,
        pattern_handles: Vec<Number>,
    }
    Lost {
        messages: Number,
    }
    SubscriptionEnded {
        pattern_handle: Number,
        reason: String,
        message: String,
        tenant: String,
        pattern: String,
    }
    GoAway {
        reason: String,
        message: String,
        time_until_close_ms: f64,
    }
}
