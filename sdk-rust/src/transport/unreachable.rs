use std::error::Error as StdError;
use std::io;

use rustls::{AlertDescription as Alert, Error as Tls};

use super::overhear::{FirstWord, Opening};
use super::{Endpoint, Kind};
use crate::fault::Fault;
use crate::reason::Reason;

/// What is wrong with a connection that could not be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fit {
    /// This side does not trust the server's certificate.
    Untrusted,
    /// The server does not accept the client's certificate, or that there is none.
    CertificateDemanded,
    /// The port speaks gRPC.
    Grpc,
    /// The same, without TLS, whatever was asked for.
    PlainGrpc,
    /// The port speaks no TLS.
    Plain,
    /// The port speaks TLS.
    #[cfg(feature = "websocket")]
    Tls,
    /// The port speaks HTTP/1.1, and no gRPC.
    Http,
    /// The server hung up before it had said anything.
    Cut,
    Other,
}

/// The fault of an attempt that reached no server. It is final when another attempt
/// does not mend it: one side does not accept the other's certificate, or the port
/// speaks something else than the address says. Then the text says what to use.
/// `unmet`: the server has asked for a client certificate in vain.
pub(super) fn unreachable(
    endpoint: &Endpoint,
    opening: Option<&Opening>,
    unmet: bool,
    cause: impl StdError + Send + Sync + 'static,
) -> Fault {
    let word = opening.and_then(Opening::word);
    let fit = match fit(endpoint, word, &cause) {
        Fit::Cut if unmet => Fit::CertificateDemanded,
        fit => fit,
    };
    let what = fit.text(endpoint);
    match fit {
        Fit::Other => fault(endpoint, &innermost(&cause)).caused_by(cause),
        Fit::Cut => fault(endpoint, &what).caused_by(cause),
        Fit::Untrusted | Fit::CertificateDemanded => {
            let why =
                tls_error(&cause).or_else(|| tls_error_of(word)).map_or_else(|| innermost(&cause), Tls::to_string);
            fault(endpoint, &format!("{what}: {why}")).caused_by(cause).into_final()
        }
        _ => fault(endpoint, &what).into_final(),
    }
}

/// The fault of a port without TLS that has answered, over HTTP, that it speaks TLS;
/// none: it has not. Servers of any make name HTTPS then.
#[cfg(feature = "websocket")]
pub(crate) fn wants_tls(endpoint: &Endpoint, status: http::StatusCode, body: &[u8]) -> Option<Fault> {
    let told = status == http::StatusCode::BAD_REQUEST && body.windows(5).any(|word| word == b"HTTPS");
    (told && !endpoint.secure).then(|| fault(endpoint, &Fit::Tls.text(endpoint)).into_final())
}

fn fault(endpoint: &Endpoint, what: &str) -> Fault {
    Fault::new(Reason::Unreachable, format!("cannot connect to {}: {what}", endpoint.authority()))
}

fn fit(endpoint: &Endpoint, word: Option<&FirstWord>, cause: &(dyn StdError + 'static)) -> Fit {
    let grpc = endpoint.kind == Kind::Grpc;
    if let Some(tls) = tls_error(cause).or_else(|| tls_error_of(word)) {
        return match tls {
            Tls::InvalidCertificate(_) => Fit::Untrusted,
            Tls::InvalidMessage(_) if matches!(word, Some(FirstWord::Http2)) => Fit::PlainGrpc,
            Tls::InvalidMessage(_) => Fit::Plain,
            Tls::AlertReceived(Alert::NoApplicationProtocol) if grpc => Fit::Http,
            Tls::AlertReceived(Alert::NoApplicationProtocol) => Fit::Grpc,
            Tls::AlertReceived(alert) if refuses_certificate(*alert) => Fit::CertificateDemanded,
            _ => Fit::Other,
        };
    }
    match word {
        Some(FirstWord::Http1) if grpc => Fit::Http,
        Some(FirstWord::Http2) if !grpc && endpoint.secure => Fit::Grpc,
        Some(FirstWord::Http2) if !grpc => Fit::PlainGrpc,
        Some(FirstWord::End) => Fit::Cut,
        Some(FirstWord::Failure(failure)) if is_cut(failure.kind()) => Fit::Cut,
        None if io_error(cause).is_some_and(|failure| is_cut(failure.kind())) => Fit::Cut,
        _ => Fit::Other,
    }
}

impl Fit {
    /// What is wrong and what to use instead; for people.
    fn text(self, endpoint: &Endpoint) -> String {
        let (other, http) = (endpoint.scheme(!endpoint.secure), endpoint.http_scheme(endpoint.secure));
        let grpc = if endpoint.secure { "grpcs" } else { "grpc" };
        match self {
            Self::Untrusted => "its certificate is not trusted".into(),
            Self::CertificateDemanded => {
                "the server demands a client certificate and got none that it accepts; give one, by the builder's \
                 `client_certificate`, that an authority of the server has issued"
                    .into()
            }
            Self::Grpc => format!("this port speaks gRPC; use {grpc}://, or the server's HTTP port"),
            Self::PlainGrpc => "this port speaks gRPC without TLS; use grpc://".into(),
            Self::Plain => format!("this port speaks no TLS; use {other}://, or a port that has TLS"),
            #[cfg(feature = "websocket")]
            Self::Tls => format!("this port speaks TLS; use {other}://"),
            Self::Http => {
                format!("this port speaks HTTP/1.1 and no gRPC; use the server's gRPC port, or {http}://")
            }
            Self::Cut => format!("the server closed the connection without an answer{}", advice_of_cut(endpoint)),
            Self::Other => String::new(),
        }
    }
}

/// What a server that hangs up may want.
fn advice_of_cut(endpoint: &Endpoint) -> String {
    let other = endpoint.scheme(true);
    match (endpoint.secure, endpoint.kind) {
        (false, Kind::Grpc) => "; if this port speaks TLS, use grpcs://".into(),
        (false, _) => format!("; if this port speaks TLS, use {other}:// or grpcs://"),
        (true, Kind::Grpc) => String::new(),
        (true, _) => "; if this is its gRPC port, use grpcs://".into(),
    }
}

fn refuses_certificate(alert: Alert) -> bool {
    matches!(
        alert,
        Alert::BadCertificate
            | Alert::UnsupportedCertificate
            | Alert::CertificateRevoked
            | Alert::CertificateExpired
            | Alert::CertificateUnknown
            | Alert::UnknownCA
            | Alert::AccessDenied
            | Alert::CertificateRequired
    )
}

fn is_cut(kind: io::ErrorKind) -> bool {
    use io::ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset, UnexpectedEof};
    matches!(kind, BrokenPipe | ConnectionAborted | ConnectionReset | UnexpectedEof)
}

/// The error of TLS in a chain of causes.
fn tls_error<'a>(cause: &'a (dyn StdError + 'static)) -> Option<&'a Tls> {
    chain(cause).find_map(|error| error.downcast_ref())
}

fn tls_error_of(word: Option<&FirstWord>) -> Option<&Tls> {
    match word {
        Some(FirstWord::Failure(failure)) => tls_error(&**failure),
        _ => None,
    }
}

fn io_error<'a>(cause: &'a (dyn StdError + 'static)) -> Option<&'a io::Error> {
    chain(cause).find_map(|error| error.downcast_ref())
}

/// An error and what lies underneath, also what is wrapped and no source.
fn chain<'a>(error: &'a (dyn StdError + 'static)) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    std::iter::successors(Some(error), |error| below(*error))
}

fn below<'a>(error: &'a (dyn StdError + 'static)) -> Option<&'a (dyn StdError + 'static)> {
    if let Some(shared) = error.downcast_ref::<std::sync::Arc<io::Error>>() {
        return Some(&**shared);
    }
    match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
        Some(wrapped) => Some(wrapped),
        None => error.source(),
    }
}

/// The text of the error that lies at the bottom.
fn innermost(error: &(dyn StdError + 'static)) -> String {
    chain(error).last().unwrap_or(error).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn endpoint(address: &str) -> Endpoint {
        Endpoint::parse(address).expect("an address")
    }

    fn tls(error: Tls) -> io::Error {
        io::Error::new(io::ErrorKind::InvalidData, error)
    }

    // SDK-12, SDK-14: what a server says of the client's certificate is final.
    #[test]
    fn a_certificate_that_is_refused() {
        for alert in [Alert::CertificateRequired, Alert::BadCertificate, Alert::UnknownCA, Alert::CertificateExpired] {
            let told = unreachable(&endpoint("wss://h"), None, false, tls(Tls::AlertReceived(alert)));
            assert!(
                told.text().starts_with("cannot connect to h:443: the server demands a client certificate"),
                "{told}"
            );
            assert!(!told.retryable() && told.cause().is_some());
        }
        let failed = unreachable(&endpoint("wss://h"), None, false, tls(Tls::AlertReceived(Alert::InternalError)));
        assert!(failed.retryable(), "{failed}");
    }

    // A server may hang up without an alert, or it may be lost.
    #[test]
    fn a_server_that_hangs_up_after_it_asked_for_a_certificate() {
        for (unmet, want) in [(true, "the server demands a client certificate"), (false, "closed the connection")] {
            let cut = io::Error::from(io::ErrorKind::ConnectionReset);
            let told = unreachable(&endpoint("grpcs://h"), None, unmet, cut);
            assert!(told.text().contains(want), "{told}");
            assert_eq!(told.retryable(), !unmet);
        }
    }

    // The layers above may keep the text of an error only: the opening has the error.
    #[test]
    fn the_opening_knows_more_than_the_cause() {
        let word = FirstWord::Failure(tls(Tls::AlertReceived(Alert::CertificateRequired)).into());
        let cause = io::Error::other("channel closed");
        assert_eq!(fit(&endpoint("grpcs://h"), Some(&word), &cause), Fit::CertificateDemanded);
        assert_eq!(fit(&endpoint("grpcs://h"), Some(&FirstWord::Other), &cause), Fit::Other);
        assert_eq!(fit(&endpoint("grpcs://h"), Some(&FirstWord::End), &cause), Fit::Cut);
        let reset = FirstWord::Failure(io::Error::from(io::ErrorKind::ConnectionReset).into());
        assert_eq!(fit(&endpoint("ws://h"), Some(&reset), &cause), Fit::Cut);
        let refused = io::Error::from(io::ErrorKind::ConnectionRefused);
        assert_eq!(fit(&endpoint("ws://h"), None, &refused), Fit::Other);
    }

    #[test]
    fn an_error_is_found_in_what_others_wrap() {
        let shared = std::sync::Arc::new(tls(Tls::AlertReceived(Alert::NoApplicationProtocol)));
        let wrapped = io::Error::new(io::ErrorKind::InvalidData, shared);
        assert_eq!(fit(&endpoint("grpcs://h"), None, &wrapped), Fit::Http);
        assert_eq!(fit(&endpoint("wss://h"), None, &wrapped), Fit::Grpc);
        assert_eq!(innermost(&wrapped), "received fatal alert: NoApplicationProtocol");
    }

    // What no layer can name is said in its own words, and tried again.
    #[test]
    fn other_failures() {
        let failed = unreachable(&endpoint("grpc://h:1"), None, false, io::Error::other("the cable is out"));
        assert_eq!(failed.chain(), "UNREACHABLE: cannot connect to h:1: the cable is out");
        assert!(failed.retryable());
    }

    #[cfg(feature = "websocket")]
    #[test]
    fn answers_that_ask_for_tls() {
        let body = b"Client sent an HTTP request to an HTTPS server.\n";
        let told = wants_tls(&endpoint("ws://h:1/ws"), http::StatusCode::BAD_REQUEST, body).expect("it is told");
        assert_eq!(told.text(), "cannot connect to h:1: this port speaks TLS; use wss://");
        assert!(!told.retryable());
        for (address, status, body) in
            [("wss://h", 400, &body[..]), ("ws://h", 200, &body[..]), ("ws://h", 400, &b"Bad Request"[..])]
        {
            let status = http::StatusCode::from_u16(status).unwrap();
            assert!(wants_tls(&endpoint(address), status, body).is_none(), "{address} {status}");
        }
    }
}
