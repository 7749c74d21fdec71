use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{Response, StatusCode};
use http_body_util::{BodyExt, Limited};
use hyper::body::Incoming;
use serde::Deserialize;

use crate::fault::Fault;
use crate::reason::Reason;

/// How much of a refusal's body is read, in bytes.
const LIMIT: usize = 64 << 10;

/// The part of `application/problem+json` that counts.
#[derive(Deserialize)]
struct Problem {
    reason: String,
    #[serde(default)]
    detail: String,
    #[serde(default)]
    retryable: bool,
}

/// Why an upgrade was refused; none when it was not.
pub(super) async fn fault_of(response: Response<Incoming>) -> Option<Fault> {
    let status = response.status();
    if status == StatusCode::SWITCHING_PROTOCOLS {
        return None;
    }
    let kind = response.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    if !kind.is_some_and(|kind| kind.starts_with("application/problem+json")) {
        return Some(fault_of_status(status));
    }
    let body = Limited::new(response.into_body(), LIMIT).collect().await;
    let body = body.map_or_else(|_| Bytes::new(), http_body_util::Collected::to_bytes);
    Some(fault_of_problem(&body).unwrap_or_else(|| fault_of_status(status)))
}

fn fault_of_problem(body: &[u8]) -> Option<Fault> {
    let problem: Problem = serde_json::from_slice(body).ok()?;
    let reason = Reason::from_text(&problem.reason);
    (!problem.reason.is_empty()).then(|| Fault::from_server(reason, &problem.detail, problem.retryable))
}

/// For an answer without a reason: of a proxy, or of something that is no
/// `FastPubSub` server.
fn fault_of_status(status: StatusCode) -> Fault {
    let text = format!("the upgrade to a WebSocket was answered with {status}");
    match status {
        StatusCode::UNAUTHORIZED => Fault::new(Reason::TokenInvalid, text),
        StatusCode::TOO_MANY_REQUESTS => Fault::new(Reason::RateLimited, text),
        StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_EARLY => Fault::new(Reason::Unreachable, text),
        status if status.is_server_error() => Fault::new(Reason::Unreachable, text),
        _ => Fault::new(Reason::Unreachable, text + "; is the address right?").into_final(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // ER-3: the reason is a member of the problem.
    #[test]
    fn problems() {
        let expired = fault_of_problem(br#"{"reason":"TOKEN_EXPIRED","detail":"because","status":401}"#).unwrap();
        assert_eq!((expired.reason(), expired.text()), (&Reason::TokenExpired, "because"));
        let newer = fault_of_problem(br#"{"reason":"NEWER","retryable":true}"#).unwrap();
        assert!(newer.retryable());
        assert!(fault_of_problem(b"{}").is_none());
        assert!(fault_of_problem(br#"{"reason":""}"#).is_none());
        assert!(fault_of_problem(b"<html>").is_none());
    }

    #[test]
    fn statuses() {
        for (status, reason, retryable) in [
            (401, Reason::TokenInvalid, false),
            (429, Reason::RateLimited, true),
            (502, Reason::Unreachable, true),
            (404, Reason::Unreachable, false),
            (302, Reason::Unreachable, false),
        ] {
            let fault = fault_of_status(StatusCode::from_u16(status).unwrap());
            assert_eq!((fault.reason(), fault.retryable()), (&reason, retryable), "{status}");
        }
    }
}
