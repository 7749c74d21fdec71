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
    /// The kind of the same at the server's HTTP port.
    http: Kind,
}

impl Kind {
    /// As addresses begin, with TLS or without.
    fn scheme(self, secure: bool) -> &'static str {
        match (self, secure) {
            (Self::WebSocket, false) => "ws",
            (Self::WebSocket, true) => "wss",
            (Self::Grpc, false) => "grpc",
            (Self::Grpc, true) => "grpcs",
            (Self::Http, false) => "http",
            (Self::Http, true) => "https",
        }
    }

    /// An address, for people.
    fn example(self) -> &'static str {
        match self {
            Self::WebSocket => "ws://127.0.0.1:8080/ws",
            Self::Grpc => "grpc://127.0.0.1:9090",
            Self::Http => "http://127.0.0.1:8080",
        }
    }
}

impl Endpoint {
    /// Reads the address of a server (SDK-1). What is wrong is said without
    /// repeating what may be a secret.
    pub(crate) fn parse(address: &str) -> Result<Self, Fault> {
        Self::parse_for(Kind::WebSocket, address)
    }

    /// Reads the address of a server's token API.
    pub(crate) fn parse_administration(address: &str) -> Result<Self, Fault> {
        Self::parse_for(Kind::Http, address)
    }

    /// Reads an address of gRPC or of the given kind.
    fn parse_for(http: Kind, address: &str) -> Result<Self, Fault> {
        let invalid = |what: &str| invalid(what, http);
        if address.contains('#') {
            return Err(invalid("it has a fragment"));
        }
        let uri: Uri = address.parse().map_err(|_| invalid("it cannot be read"))?;
        let scheme = uri.scheme_str().unwrap_or_default().to_ascii_lowercase();
        let (kind, secure, default_port) = match scheme.as_str() {
            "grpc" => (Kind::Grpc, false, 9090),
            "grpcs" => (Kind::Grpc, true, 9090),
            plain if plain == http.scheme(false) => (http, false, 80),
            tls if tls == http.scheme(true) => (http, true, 443),
            _ => return Err(wrong_scheme(http)),
        };
        let invalid = |what: &str| self::invalid(what, kind);
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
        let (host, port) = (host.to_owned(), authority.port_u16().unwrap_or(default_port));
        Ok(Self { kind, secure, host, port, path, http })
    }

    /// The scheme for the same with TLS, or without.
    pub(super) fn scheme(&self, secure: bool) -> &'static str {
        self.kind.scheme(secure)
    }

    /// The scheme for the same at the server's HTTP port, with TLS or without.
    pub(super) fn http_scheme(&self, secure: bool) -> &'static str {
        self.http.scheme(secure)
    }

    /// Host and port, as in a URL.
    pub(crate) fn authority(&self) -> String {
        if self.host.contains(':') {
            return format!("[{}]:{}", self.host, self.port);
        }
        format!("{}:{}", self.host, self.port)
    }
}

fn wrong_scheme(http: Kind) -> Fault {
    let whose = if http == Kind::Http { "for tokens it" } else { "it" };
    let (plain, secure) = (http.scheme(false), http.scheme(true));
    invalid(&format!("{whose} must start with {plain}://, {secure}://, grpc:// or grpcs://"), http)
}

/// The fault of an address, with an example of the kind that was meant.
fn invalid(what: &str, kind: Kind) -> Fault {
    let example = kind.example();
    Fault::new(Reason::RequestInvalid, format!("the server address is not valid: {what}; for example {example}"))
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

    // The example is one of the scheme that was meant.
    #[test]
    fn examples() {
        for (address, want) in [
            ("grpc://example.org/path", "and no path; for example grpc://127.0.0.1:9090"),
            ("grpcs://example.org:0", "1 to 65535; for example grpc://127.0.0.1:9090"),
            ("wss://example.org:0", "1 to 65535; for example ws://127.0.0.1:8080/ws"),
            ("http://example.org", "wss://, grpc:// or grpcs://; for example ws://127.0.0.1:8080/ws"),
        ] {
            let refused = Endpoint::parse(address).expect_err(address);
            assert!(refused.text().ends_with(want), "{address}: {refused}");
        }
        let refused = Endpoint::parse_administration("ws://example.org").unwrap_err();
        let want =
            "for tokens it must start with http://, https://, grpc:// or grpcs://; for example http://127.0.0.1:8080";
        assert!(refused.text().ends_with(want), "{refused}");
    }
}
