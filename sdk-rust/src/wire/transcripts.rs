//! The bytes of the session protocol, as all implementations agree on them.

use std::time::Duration;

use bytes::BytesMut;
use prost_types::Timestamp;

use super::*;
use crate::generated as proto;
use crate::generated::session_response::Event as Response;
use crate::message::DeliveryMode;
use crate::secret::Secret;
use crate::vectors::{self, Number};

fn transcripts(kind: &str) -> Vec<vectors::Transcript> {
    let mut all = vectors::load::<vectors::Transcript>("transcripts.json");
    assert!(all.iter().all(|case| ["request", "response"].contains(&case.kind.as_str())));
    all.retain(|case| case.kind == kind);
    all
}

// SF-3, SF-8: what this client writes.
#[test]
fn requests() {
    let mut written = 0;
    for case in transcripts("request").iter().filter(|case| case.canonical) {
        let command = case.command.as_ref().expect("a command");
        assert_eq!(encoded(command), case.frame.get(), "{}", case.name);
        written += 1;
    }
    assert!(written > 0);
}

fn encoded(command: &vectors::Command) -> Vec<u8> {
    match command {
        vectors::Command::Subscribe(c) => subscribe(c.request_id.0, &c.tenant, &c.pattern).to_vec(),
        vectors::Command::Unsubscribe(c) => unsubscribe(c.request_id.0, &c.tenant, &c.pattern).to_vec(),
        vectors::Command::Authenticate(c) => authenticate(c.request_id.0, &Secret::new(c.token.as_str())).to_vec(),
        vectors::Command::Ping(c) => ping(c.request_id.0).to_vec(),
        vectors::Command::Publish(publish) => {
            let mut messages = BytesMut::new();
            for message in &publish.messages {
                let payload = message.payload.get();
                let (tenant, channel, mode) = (&message.tenant, &message.channel, mode(&message.delivery_mode));
                append_message(
                    &mut messages,
                    message.request_id.0,
                    &Outgoing { tenant, channel, payload: &payload, mode },
                );
            }
            let (header, unused) = publish_header(messages.len());
            [&header[unused..], &messages].concat()
        }
    }
}

fn mode(name: &str) -> u8 {
    let mode = match name {
        "broadcast" => DeliveryMode::Broadcast,
        "one-low-latency" => DeliveryMode::OneLowLatency,
        "one-random" => DeliveryMode::OneRandom,
        other => panic!("a mode {other}"),
    };
    mode.on_wire()
}

// SF-1, SF-12, SF-13, SF-16, SF-17: what this client reads.
#[test]
fn responses() {
    for case in transcripts("response") {
        let mut decoder = Decoder::default();
        let frame = case.frame.get();
        let read = decoder.decode(&frame);
        match (read, &case.event) {
            (Err(Malformed), None) => assert!(!case.valid, "{}", case.name),
            (Ok(Event::Nothing), None) => assert!(case.valid, "{}", case.name),
            (Ok(Event::Other(event)), Some(want)) => assert_eq!(event, response(want), "{}", case.name),
            (Ok(Event::Deliveries(batch)), Some(vectors::Event::Deliveries(want))) => check(batch, want, &case.name),
            _ => panic!("{}: read as something else", case.name),
        }
    }
}

fn check(batch: &mut Batch, want: &vectors::Deliveries, name: &str) {
    let mut got = batch.drain();
    for want in &want.messages {
        let (message, handles) = got.next().expect(name);
        assert_eq!(message.id.origin, want.id_origin.0, "{name}");
        assert_eq!(message.id.sequence, want.id_sequence.0, "{name}");
        assert_eq!(message.published_at, want.published_at_unix_nanos.0, "{name}");
        assert_eq!((&*message.tenant, &*message.channel), (&*want.tenant, &*want.channel), "{name}");
        assert_eq!(message.payload, want.payload.get(), "{name}");
        assert_eq!(handles, Number::all(&want.pattern_handles), "{name}");
    }
    assert!(got.next().is_none(), "{name}");
}

fn response(event: &vectors::Event) -> Response {
    match event {
        vectors::Event::Welcome(event) => Response::Welcome(proto::Welcome {
            session_id: event.session_id.clone(),
            node: event.node.clone(),
            server_version: event.server_version.clone(),
            limits: Some(limits(&event.limits)),
            keep_alive_interval: Some(duration(event.keep_alive_interval_ms)),
            token_expires_at: event.token_expires_at_unix_nanos.map(timestamp),
        }),
        vectors::Event::Success(event) => Response::Success(proto::Success {
            request_ids: Number::all(&event.request_ids),
            pattern_handle: event.pattern_handle.0,
            token_expires_at: event.token_expires_at_unix_nanos.map(timestamp),
        }),
        vectors::Event::Failure(event) => Response::Failure(proto::Failure {
            request_id: event.request_id.0,
            reason: reason(&event.reason),
            message: event.message.clone(),
            retryable: event.retryable,
            closes_session: event.closes_session,
        }),
        vectors::Event::Lost(event) => Response::Lost(proto::Lost { messages: event.messages.0 }),
        vectors::Event::SubscriptionEnded(event) => Response::SubscriptionEnded(proto::SubscriptionEnded {
            pattern_handle: event.pattern_handle.0,
            reason: reason(&event.reason),
            message: event.message.clone(),
            tenant: event.tenant.clone(),
            pattern: event.pattern.clone(),
        }),
        vectors::Event::GoAway(event) => Response::GoAway(proto::GoAway {
            reason: reason(&event.reason),
            message: event.message.clone(),
            time_until_close: Some(duration(event.time_until_close_ms)),
        }),
        vectors::Event::Deliveries(_) => panic!("deliveries are read by hand"),
    }
}

fn limits(limits: &vectors::Limits) -> proto::Limits {
    proto::Limits {
        max_tenant_bytes: limits.max_tenant_bytes,
        max_channel_bytes: limits.max_channel_bytes,
        max_payload_bytes: limits.max_payload_bytes,
        max_frame_bytes: limits.max_frame_bytes,
        ..Default::default()
    }
}

fn duration(millis: f64) -> prost_types::Duration {
    Duration::from_secs_f64(millis / 1000.0).try_into().expect("a time")
}

fn timestamp(nanos: Number) -> Timestamp {
    (std::time::UNIX_EPOCH + Duration::from_nanos(nanos.0)).into()
}

/// The number of a reason that is named, or that only a newer server knows.
fn reason(name: &str) -> i32 {
    let known = proto::ErrorReason::from_str_name(&format!("ERROR_REASON_{name}"));
    known.map_or_else(|| name.parse().expect("a number"), i32::from)
}
