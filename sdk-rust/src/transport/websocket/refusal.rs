use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Response, StatusCode};
use http_body_util::{BodyExt, Limited};
use hyper::body::Incoming;
use serde_json::{Map, Value};

use crate::fault::Fault;
use crate::reason::Reason;
use crate::transport::{Endpoint, wants_tls};

/// How much of a refusal's body is read, in bytes.
const LIMIT: usize = 64 << 10;

/// Why an upgrade was refused; none when it was not.
pub(super) async fn fault_of(endpoint: &Endpoint, response: Response<Incoming>) -> Option<Fault> {
    let status = response.status();
    if status == StatusCode::SWITCHING_PROTOCOLS {
        return None;
    }
    let is_problem = is_problem(response.headers().get(CONTENT_TYPE));
    let body = Limited::new(response.into_body(), LIMIT).collect().await;
    let body = body.map_or_else(|_| Bytes::new(), http_body_util::Collected::to_bytes);
    let said = if is_problem { fault_of_problem(&body) } else { wants_tls(endpoint, status, &body) };
    Some(said.unwrap_or_else(|| fault_of_status(status)))
}

/// Whether the media type, parameters left out, is that of problems.
fn is_problem(content_type: Option<&HeaderValue>) -> bool {
    let kind = content_type.and_then(|kind| kind.to_str().ok()).and_then(|kind| kind.split(';').next());
    kind.is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/problem+json"))
}

/// The refusal that a problem document stands for. What it does not say, or not in the
/// right type, is left out.
fn fault_of_problem(body: &[u8]) -> Option<Fault> {
    let problem: Map<String, Value> = serde_json::from_slice(body).ok()?;
    let reason = problem.get("reason")?.as_str().filter(|reason| !reason.is_empty())?;
    let text = problem.get("detail").and_then(Value::as_str).unwrap_or_default();
    let retryable = problem.get("retryable").and_then(Value::as_bool).unwrap_or_default();
    Some(Fault::from_server(Reason::from_text(reason), text, retryable))
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
        _ => Fault::new(Reason::Unreachable, text + "; is the address right? WebSocket is at / and /ws").into_final(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vectors::{Arrival, Refusal};

    // ER-2, ER-3: the vectors that all SDKs share.
    #[test]
    fn refusals() {
        Refusal::check_all(|arrival| {
            let Arrival::Http(http) = arrival else {
                return None;
            };
            let kind = HeaderValue::from_str(&http.content_type).unwrap();
            let problem = if is_problem(Some(&kind)) { fault_of_problem(http.body.as_bytes()) } else { None };
            Some(problem.unwrap_or_else(|| fault_of_status(StatusCode::from_u16(http.status).unwrap())))
        });
    }
}
