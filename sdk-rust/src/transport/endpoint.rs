use http::Uri;
use http::uri::PathAndQuery;

use crate::fault::Fault;
use crate::reason::Reason;

/// What an address leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    WebSocket,
    Grpc,
    /// The REST API.
    Http,
}

/// A server address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Endpoint {
    pub(crate) kind: Kind,
    /// With TLS.
    pub(crate) secure: bool,
    /// Without brackets, also of an IPv6 address.
    pub(crate) host: String,
    pub(crate) port: u16,
    /// With its query; starts with a slash.
    pub(crate) path: PathAndQuery,
}

impl Endpoint {
    /// Reads the address of a server (SDK-1). What is wrong is said without
    /// repeating what may be a secret.
    pub(crate) fn parse(address: &str) -> Result<Self, Fault> {
        let endpoint = Self::parse_any(address)?;
        if endpoint.kind == Kind::Http {
            return Err(invalid("it must start with ws://, wss://, grpc:// or grpcs://"));
        }
        Ok(endpoint)
    }

    /// Reads the address of a server's token API.
    pub(crate) fn parse_administration(address: &str) -> Result<Self, Fault> {
        let endpoint = Self::parse_any(address)?;
        if endpoint.kind == Kind::WebSocket {
            return Err(invalid("for tokens it must start with http://, https://, grpc:// or grpcs://"));
        }
        Ok(endpoint)
    }

    fn parse_any(address: &str) -> Result<Self, Fault> {
        if address.contains('#') {
            return Err(invalid("it has a fragment"));
        }
        let uri: Uri = address.parse().map_err(|_| invalid("it cannot be read"))?;
        let scheme = uri.scheme_str().unwrap_or_default().to_ascii_lowercase();
        let (kind, secure, default_port) = match scheme.as_str() {
            "ws" => (Kind::WebSocket, false, 80),
            "wss" => (Kind::WebSocket, true, 443),
            "grpc" => (Kind::Grpc, false, 9090),
            "grpcs" => (Kind::Grpc, true, 9090),
            "http" => (Kind::Http, false, 80),
            "https" => (Kind::Http, true, 443),
            _ => return Err(invalid("it must start with ws://, wss://, grpc:// or grpcs://")),
        };
        let authority = uri.authority().ok_or_else(|| invalid("it names no host"))?;
        if authority.as_str().contains('@') {
            return Err(invalid("it has a user or a password in it; an access token is given beside the address"));
        }
        let host = uri.host().unwrap_or_default().trim_start_matches('[').trim_end_matches(']');
        if host.is_empty() {
            return Err(invalid("it names no host"));
        }
        let has_port = authority.as_str().len() > uri.host().unwrap_or_default().len();
        if has_port && authority.port_u16().is_none_or(|port| port == 0) {
            return Err(invalid("a port is 1 to 65535"));
        }
        let path = uri.path_and_query().cloned().unwrap_or_else(|| PathAndQuery::from_static("/"));
        if kind == Kind::Grpc && (path.path() != "/" || path.query().is_some()) {
            return Err(invalid("an address with grpc:// or grpcs:// has a host and a port, and no path"));
        }
        Ok(Self { kind, secure, host: host.to_owned(), port: authority.port_u16().unwrap_or(default_port), path })
    }

    /// Host and port, as in a URL.
    pub(crate) fn authority(&self) -> String {
        if self.host.contains(':') {
            return format!("[{}]:{}", self.host, self.port);
        }
        format!("{}:{}", self.host, self.port)
    }
}

fn invalid(what: &str) -> Fault {
    Fault::new(
        Reason::RequestInvalid,
        format!("the server address is not valid: {what}; for example ws://127.0.0.1:8080/ws"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    // SDK-1: the address chooses the transport.
    #[test]
    fn addresses() {
        for (address, kind, secure, authority, path) in [
            ("ws://127.0.0.1:8080/ws", Kind::WebSocket, false, "127.0.0.1:8080", "/ws"),
            ("ws://example.org", Kind::WebSocket, false, "example.org:80", "/"),
            ("WSS://example.org/a?b=c", Kind::WebSocket, true, "example.org:443", "/a?b=c"),
            ("grpc://[::1]:9090", Kind::Grpc, false, "[::1]:9090", "/"),
            ("grpcs://example.org/", Kind::Grpc, true, "example.org:9090", "/"),
            ("wss://example.org:8443/ws", Kind::WebSocket, true, "example.org:8443", "/ws"),
        ] {
            let got = Endpoint::parse(address).unwrap();
            assert_eq!((got.kind, got.secure), (kind, secure), "{address}");
            assert_eq!((got.authority().as_str(), got.path.as_str()), (authority, path), "{address}");
        }
        assert_eq!(Endpoint::parse_administration("https://example.org").unwrap().port, 443);
        assert!(Endpoint::parse_administration("wss://example.org").is_err());
    }

    // SDK-19: what is wrong with an address is said without repeating it.
    #[test]
    fn wrong_addresses() {
        for address in [
            "",
            "127.0.0.1:8080",
            "http://hidden",
            "ws://",
            "ws:///hidden",
            "ws://user:hidden@example.org",
            "grpc://example.org/hidden",
            "grpc://example.org?hidden",
            "ws://example.org/#hidden",
            "ws://exa mple/hidden",
            "ws://example.org:hidden",
            "ws://example.org:99999/hidden",
            "ws://example.org:0/hidden",
            "grpc://example.org:0",
            "grpcs://example.org:99999",
            "://hidden",
        ] {
            let refused = Endpoint::parse(address).expect_err(address);
            assert_eq!(refused.reason(), &Reason::RequestInvalid, "{address}");
            assert!(!refused.chain().contains("hidden"), "{address}");
        }
    }
}
