use std::fmt;

use crate::fault::Retry;

// Every file of the crate that writes generated code is in `generated`.
include!("generated/catalogue.rs");

macro_rules! reasons {
    ($($(#[$doc:meta])* $name:ident = $text:literal,)+) => {
        /// Why something failed: a reason of the server's catalogue, or one of the
        /// client's own. Compare it, never the text of an error.
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Reason {
            $($(#[$doc])* $name,)+
            /// A reason that only a newer server knows, as it is written on the wire.
            Other(Box<str>),
        }

        impl Reason {
            /// The reason as it is written on every wire, for example
            /// `TOKEN_EXPIRED`.
            #[must_use]
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$name => $text,)+
                    Self::Other(text) => text,
                }
            }

            /// The reason with this text.
            pub(crate) fn from_text(text: &str) -> Self {
                match text {
                    $($text => Self::$name,)+
                    other => Self::Other(other.into()),
                }
            }
        }
    };
}

reasons! {
    /// No access token was given.
    TokenMissing = "TOKEN_MISSING",
    /// The token is malformed, unknown, or its secret is wrong.
    TokenInvalid = "TOKEN_INVALID",
    /// An administrator has revoked the token.
    TokenRevoked = "TOKEN_REVOKED",
    /// The token ran out, or it was deactivated.
    TokenExpired = "TOKEN_EXPIRED",
    /// The token does not allow the client's address.
    IpNotAllowed = "IP_NOT_ALLOWED",
    /// The token does not allow the server's region.
    RegionNotAllowed = "REGION_NOT_ALLOWED",
    /// The token is for browsers of certain origins.
    OriginNotAllowed = "ORIGIN_NOT_ALLOWED",
    /// The master token is missing or wrong.
    MasterTokenInvalid = "MASTER_TOKEN_INVALID",
    /// The token does not allow publishing there.
    PublishDenied = "PUBLISH_DENIED",
    /// The token does not allow everything that the pattern can match.
    SubscribeDenied = "SUBSCRIBE_DENIED",
    /// The tenant breaks the grammar.
    TenantInvalid = "TENANT_INVALID",
    /// The channel breaks the grammar.
    ChannelInvalid = "CHANNEL_INVALID",
    /// The pattern breaks the grammar.
    PatternInvalid = "PATTERN_INVALID",
    /// A rule of a grant breaks the grammar.
    RuleInvalid = "RULE_INVALID",
    /// The expiry is in the past or too far ahead.
    TtlInvalid = "TTL_INVALID",
    /// A value is not accepted, for example of a setting.
    RequestInvalid = "REQUEST_INVALID",
    /// The server did not understand the client.
    FrameInvalid = "FRAME_INVALID",
    /// The payload is longer than the limit.
    PayloadTooLarge = "PAYLOAD_TOO_LARGE",
    /// The connection holds as many subscriptions as it may.
    TooManySubscriptions = "TOO_MANY_SUBSCRIPTIONS",
    /// The token has as many connections as it may.
    TooManyConnections = "TOO_MANY_CONNECTIONS",
    /// Too many requests in a short time.
    RateLimited = "RATE_LIMITED",
    /// The client read more slowly than messages came.
    SlowConsumer = "SLOW_CONSUMER",
    /// There is no token with this id.
    TokenNotFound = "TOKEN_NOT_FOUND",
    /// The server is about to stop.
    Draining = "DRAINING",
    /// The server has more work than it can do.
    Overloaded = "OVERLOADED",
    /// The server is cut off from the other nodes.
    BackplaneUnavailable = "BACKPLANE_UNAVAILABLE",
    /// The server is cut off from its token store.
    StoreUnavailable = "STORE_UNAVAILABLE",
    /// The server failed.
    Internal = "INTERNAL",

    /// The client's own: no server that speaks the protocol was reached.
    Unreachable = "UNREACHABLE",
    /// The client's own: the connection broke before the server had answered.
    /// Whether the call took effect is unknown.
    ConnectionLost = "CONNECTION_LOST",
    /// The client's own: there is no connection now, and the buffer for publishes
    /// is full.
    BufferFull = "BUFFER_FULL",
    /// The client's own: the time for the call ran out.
    TimedOut = "TIMED_OUT",
    /// The client's own: the caller gave up.
    Canceled = "CANCELED",
    /// The client's own: the application has closed the client.
    Closed = "CLOSED",
    /// The client's own: the token source gave no token.
    TokenSourceFailed = "TOKEN_SOURCE_FAILED",
}

impl Reason {
    /// The reason with this number in the contract. One that only a newer server
    /// knows is shown by its number; 0 means that none was given.
    pub(crate) fn from_contract(number: i32) -> Self {
        if number == 0 {
            return Self::Other("UNSPECIFIED".into());
        }
        CATALOGUE
            .iter()
            .find(|(known, ..)| *known == number)
            .map_or_else(|| Self::Other(number.to_string().into()), |(_, text, _)| Self::from_text(text))
    }

    /// Whether the reason is in the catalogue or the client's own.
    pub(crate) fn is_known(&self) -> bool {
        !matches!(self, Self::Other(_))
    }

    /// What the catalogue says of the reason. One that this client does not know is
    /// not tried again.
    pub(crate) fn retry(&self) -> Retry {
        match self {
            Self::Unreachable | Self::ConnectionLost | Self::TimedOut | Self::TokenSourceFailed => Retry::Yes,
            Self::BufferFull => Retry::Later,
            Self::Canceled | Self::Closed | Self::Other(_) => Retry::No,
            reason => {
                CATALOGUE.iter().find(|(_, text, _)| *text == reason.as_str()).map_or(Retry::No, |(.., retry)| *retry)
            }
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // ER-1: the enum names every reason of the contract.
    #[test]
    fn every_reason_of_the_contract_is_known() {
        for (number, text, _) in CATALOGUE {
            let reason = Reason::from_contract(*number);
            assert!(reason.is_known(), "{text}");
            assert_eq!(reason.as_str(), *text);
        }
    }

    // ER-2: the catalogue's "retry?" column.
    #[test]
    fn retry_follows_the_catalogue() {
        for (reason, want) in [
            (Reason::TokenInvalid, Retry::No),
            (Reason::TokenMissing, Retry::No),
            (Reason::TokenRevoked, Retry::No),
            (Reason::TokenExpired, Retry::FreshToken),
            (Reason::SubscribeDenied, Retry::No),
            (Reason::FrameInvalid, Retry::No),
            (Reason::TooManyConnections, Retry::Later),
            (Reason::RateLimited, Retry::Later),
            (Reason::SlowConsumer, Retry::Yes),
            (Reason::Draining, Retry::Yes),
            (Reason::BackplaneUnavailable, Retry::Yes),
            (Reason::Internal, Retry::Yes),
            (Reason::ConnectionLost, Retry::Yes),
            (Reason::Closed, Retry::No),
            (Reason::from_text("A_REASON_OF_ANOTHER_PROTOCOL"), Retry::No),
        ] {
            assert_eq!(reason.retry(), want, "{reason}");
        }
    }

    #[test]
    fn a_reason_of_a_newer_server_is_its_number() {
        assert_eq!(Reason::from_contract(99).as_str(), "99");
    }
}
