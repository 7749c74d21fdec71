use bytes::{BufMut, Bytes, BytesMut};
use prost::Message as _;

use super::*;
use crate::generated as proto;
use crate::generated::session_response::Event as Response;
use crate::message::{Message, MessageId};

fn delivery(sequence: u64, payload: &[u8], handles: &[u64]) -> proto::Delivery {
    proto::Delivery {
        id_origin: u64::MAX,
        id_sequence: sequence,
        published_at_unix_nanos: 1_700_000_000_000_000_001,
        tenant: "t1".into(),
        channel: format!("a.{sequence}"),
        payload: Bytes::copy_from_slice(payload),
        pattern_handles: handles.to_vec(),
    }
}

fn frame(messages: Vec<proto::Delivery>) -> Vec<u8> {
    let event = Some(Response::Deliveries(proto::Deliveries { messages }));
    proto::SessionResponse { event }.encode_to_vec()
}

fn decode(decoder: &mut Decoder, frame: &[u8]) -> Vec<(Message, Vec<u64>)> {
    let Ok(Event::Deliveries(batch)) = decoder.decode(frame) else {
        panic!("no deliveries");
    };
    let mut got = Vec::new();
    let mut drain = batch.drain();
    while let Some((message, handles)) = drain.next() {
        got.push((message, handles.to_vec()));
    }
    got
}

// SF-13: what the generated types write is what the decoder reads.
#[test]
fn deliveries_are_read() {
    let mut decoder = Decoder::default();
    for size in [0, 1, 500, 1023, 1024, 65535] {
        let payload = vec![7; size];
        let sent: Vec<_> = (0..20).map(|n| delivery(n, &payload, &[1, 300, u64::MAX])).collect();
        let got = decode(&mut decoder, &frame(sent));
        assert_eq!(got.len(), 20);
        for (n, (message, handles)) in got.iter().enumerate() {
            assert_eq!(&*message.tenant, "t1");
            assert_eq!(*message.channel, format!("a.{n}"));
            assert_eq!(message.payload, payload);
            assert_eq!(message.id, MessageId { origin: u64::MAX, sequence: n as u64 });
            assert_eq!(message.published_at, 1_700_000_000_000_000_001);
            assert_eq!(*handles, [1, 300, u64::MAX]);
        }
    }
}

// SF-13: the encodings of several Deliveries may be concatenated.
#[test]
fn concatenated_deliveries() {
    let mut both = frame(vec![delivery(1, b"a", &[1])]);
    both.extend(frame(vec![delivery(2, b"b", &[2]), delivery(3, b"c", &[3])]));
    let got = decode(&mut Decoder::default(), &both);
    assert_eq!(got.iter().map(|(message, _)| message.id.sequence).collect::<Vec<_>>(), [1, 2, 3]);
}

#[test]
fn unpacked_handles_and_unknown_fields_are_read() {
    let mut element = BytesMut::new();
    delivery(1, b"a", &[]).encode(&mut element).unwrap();
    element.put_slice(&[0x38, 5, 0x38, 0x81, 0x01]); // two unpacked handles
    element.put_slice(&[0xf8, 0x01, 9]); // field 31, a varint
    element.put_slice(&[0xfa, 0x01, 2, 0, 0]); // field 31, bytes
    element.put_slice(&[0xfd, 0x01, 0, 0, 0, 0]); // field 31, four bytes
    let mut deliveries = BytesMut::new();
    prost::encoding::bytes::encode(1, &element.freeze(), &mut deliveries);
    let mut whole = BytesMut::new();
    prost::encoding::bytes::encode(4, &deliveries.freeze(), &mut whole);
    let got = decode(&mut Decoder::default(), &whole);
    assert_eq!(got[0].1, [5, 129]);
}

#[test]
fn other_events_and_nothing() {
    let mut decoder = Decoder::default();
    let lost = proto::SessionResponse { event: Some(Response::Lost(proto::Lost { messages: 3 })) };
    let event = decoder.decode(&lost.encode_to_vec());
    assert!(matches!(event, Ok(Event::Other(Response::Lost(proto::Lost { messages: 3 })))));
    assert!(matches!(decoder.decode(&[]), Ok(Event::Nothing)));
    // A member of a newer server.
    assert!(matches!(decoder.decode(&[0xf8, 0x01, 9]), Ok(Event::Nothing)));
}

// A stream of changed, cut and random bytes: refused or read, never a panic, and
// what is read agrees with the generated decoder.
#[test]
fn damaged_frames() {
    let whole = frame((0..3).map(|n| delivery(n, b"payload", &[1, 2])).collect());
    let mut decoder = Decoder::default();
    let mut random = fastrand::Rng::with_seed(7);
    for cut in 0..whole.len() {
        let _ = decoder.decode(&whole[..cut]);
    }
    for _ in 0..20_000 {
        let mut damaged = whole.clone();
        for _ in 0..random.usize(1..4) {
            damaged[random.usize(..whole.len())] = random.u8(..);
        }
        let ours = decoder.decode(&damaged).is_ok();
        let theirs = proto::SessionResponse::decode(&damaged[..]).is_ok();
        assert!(!ours || theirs || has_group(&damaged), "{damaged:02x?}");
    }
}

/// Whether the generated decoder may see more than ours looks at.
fn has_group(frame: &[u8]) -> bool {
    frame.iter().any(|byte| byte & 7 == 3 || byte & 7 == 4)
}

// Payloads are copied out: many small ones share a block, a big one has its own.
#[test]
fn small_payloads_share_memory() {
    let mut decoder = Decoder::default();
    let got = decode(&mut decoder, &frame((0..10).map(|n| delivery(n, &[1; 100], &[1])).collect()));
    let starts: Vec<_> = got.iter().map(|(message, _)| message.payload.as_ptr() as usize).collect();
    assert!(starts.windows(2).all(|pair| pair[1] == pair[0] + 100));
}

fn encoded(request_id: u64, message: &Outgoing<'_>) -> Vec<u8> {
    let mut messages = BytesMut::new();
    let size = append_message(&mut messages, request_id, message);
    assert_eq!(size, messages.len());
    let (header, unused) = publish_header(size);
    [&header[unused..], &messages].concat()
}

// SF-8: what is written by hand is what the generated types read.
#[test]
fn publishes_are_written() {
    for (request_id, size, mode) in [(0, 0, 0), (1, 1, 2), (300, 200, 3), (u64::MAX, 65535, 0)] {
        let payload = vec![9; size];
        let message = Outgoing { tenant: "t1", channel: "a.b", payload: &payload, mode };
        let request = proto::SessionRequest::decode(&encoded(request_id, &message)[..]).unwrap();
        let Some(proto::session_request::Command::Publish(publish)) = request.command else {
            panic!("not a publish");
        };
        let want = proto::OutgoingMessage {
            request_id,
            tenant: "t1".into(),
            channel: "a.b".into(),
            payload: payload.into(),
            delivery_mode: i32::from(mode),
        };
        assert_eq!(publish.messages, [want]);
    }
}

// SDK-19: a message that holds a secret does not print it.
#[test]
fn generated_secrets_are_redacted() {
    let command = proto::AuthenticateCommand { request_id: 1, token: "AT_hidden".into() };
    assert!(!format!("{command:?}").contains("hidden"));
}
