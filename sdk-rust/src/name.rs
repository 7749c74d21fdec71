//! Checks tenants, channels and patterns before anything is sent, with the same
//! reasons as the server's (SDK-16). It is pure: it knows the grammar (CH-1 to
//! CH-9) and nothing else.

use crate::fault::Fault;
use crate::reason::Reason;

/// What an empty tenant means.
pub(crate) const DEFAULT_TENANT: &str = "~";

const ORDINARY: &str = "a-z A-Z 0-9 _ - ~ @";

/// Whether a byte may stand in every name.
const fn ordinary(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'~' | b'@')
}

/// Checks a tenant of at most `limit` bytes and gives the one that it stands for.
pub(crate) fn tenant(tenant: &str, limit: usize) -> Result<&str, Fault> {
    if tenant.is_empty() {
        return Ok(DEFAULT_TENANT);
    }
    if tenant.len() > limit {
        return Err(too_long(Reason::TenantInvalid, "tenant", tenant, limit));
    }
    match tenant.bytes().position(|byte| !ordinary(byte) && byte != b'.') {
        None => Ok(tenant),
        Some(at) => Err(Fault::new(
            Reason::TenantInvalid,
            format!("tenant {tenant:?} has {} at byte {at}; use {ORDINARY} and the dot", character(tenant, at)),
        )),
    }
}

/// Checks a channel of at most `limit` bytes.
pub(crate) fn channel(channel: &str, limit: usize) -> Result<(), Fault> {
    whole(Reason::ChannelInvalid, "channel", channel, limit)?;
    let mut start = 0;
    for (at, byte) in channel.bytes().chain([b'.']).enumerate() {
        if byte == b'.' {
            if at == start {
                return Err(empty_token(Reason::ChannelInvalid, "channel", channel));
            }
            start = at + 1;
        } else if !ordinary(byte) {
            return Err(Fault::new(
                Reason::ChannelInvalid,
                format!(
                    "channel {channel:?} has {} at byte {at}; a channel to publish to has tokens of {ORDINARY}, \
                     separated by dots, and no wildcards",
                    character(channel, at)
                ),
            ));
        }
    }
    Ok(())
}

/// Checks a pattern of at most `limit` bytes.
pub(crate) fn pattern(pattern: &str, limit: usize) -> Result<(), Fault> {
    whole(Reason::PatternInvalid, "pattern", pattern, limit)?;
    let mut tokens = pattern.split('.').peekable();
    while let Some(token) = tokens.next() {
        pattern_token(pattern, token, tokens.peek().is_none())?;
    }
    Ok(())
}

fn pattern_token(pattern: &str, token: &str, last: bool) -> Result<(), Fault> {
    if token.is_empty() {
        return Err(empty_token(Reason::PatternInvalid, "pattern", pattern));
    }
    for (at, byte) in token.bytes().enumerate() {
        let what = match byte {
            _ if ordinary(byte) => continue,
            b'*' | b'#' | b'>' if at != token.len() - 1 => {
                format!("inside {token:?}; a wildcard may only be the last character of a token")
            }
            b'#' | b'>' if !last => {
                format!("in {token:?}; it may only stand in the last token")
            }
            b'*' | b'#' | b'>' => continue,
            _ => {
                format!("in {token:?}; use {ORDINARY}, dots between tokens, and the wildcards * # >")
            }
        };
        return Err(Fault::new(
            Reason::PatternInvalid,
            format!("pattern {pattern:?} has {} {what}", character(token, at)),
        ));
    }
    Ok(())
}

fn whole(reason: Reason, kind: &str, text: &str, limit: usize) -> Result<(), Fault> {
    if text.is_empty() {
        return Err(Fault::new(reason, format!("the {kind} is empty; give 1 to {limit} bytes")));
    }
    if text.len() > limit {
        return Err(too_long(reason, kind, text, limit));
    }
    Ok(())
}

fn too_long(reason: Reason, kind: &str, text: &str, limit: usize) -> Fault {
    let length = text.len();
    Fault::new(reason, format!("the {kind} has {length} bytes; at most {limit} are accepted"))
}

fn empty_token(reason: Reason, kind: &str, text: &str) -> Fault {
    Fault::new(
        reason,
        format!("{kind} {text:?} has an empty token; write something before, between and after the dots"),
    )
}

/// The character that starts at a byte, quoted.
fn character(text: &str, at: usize) -> String {
    format!("{:?}", text[at..].chars().next().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vectors;

    fn outcome<T>(result: Result<T, Fault>) -> Option<String> {
        result.err().map(|fault| fault.reason().to_string())
    }

    // SDK-16, CH-1, CH-4, CH-5
    #[test]
    fn tenants() {
        for case in vectors::load::<vectors::Tenant>("tenants.json") {
            let got = tenant(&case.tenant, 128);
            if case.valid {
                assert_eq!(got.ok(), Some(case.normalized.as_str()), "{}", case.name);
            } else {
                assert_eq!(outcome(got), case.reason, "{}", case.name);
            }
        }
    }

    // SDK-16, CH-2, CH-3
    #[test]
    fn channels() {
        for case in vectors::load::<vectors::Channel>("channels.json") {
            let got = outcome(channel(&case.channel, 256));
            assert_eq!(got.is_none(), case.valid, "{}", case.name);
            assert_eq!(got, case.reason, "{}", case.name);
        }
    }

    // SDK-16, CH-7, CH-8, CH-9
    #[test]
    fn patterns() {
        for case in vectors::load::<vectors::Pattern>("patterns.json") {
            let got = outcome(pattern(&case.pattern, 256));
            assert_eq!(got.is_none(), case.valid, "{}", case.name);
            assert_eq!(got, case.reason, "{}", case.name);
        }
    }

    // PT-1 to PT-8 name only valid patterns and channels.
    #[test]
    fn names_of_matches() {
        for case in vectors::load::<vectors::Match>("match.json") {
            assert_eq!(outcome(pattern(&case.pattern, 256)), None, "{}", case.name);
            assert_eq!(outcome(channel(&case.channel, 256)), None, "{}", case.name);
        }
    }

    // ER-6: the text says what is wrong and what to do.
    #[test]
    fn texts_say_what_is_wrong() {
        let text = |result: Result<(), Fault>| result.unwrap_err().to_string();
        assert!(text(channel("a.é", 256)).contains("has 'é' at byte 2; a channel to publish to has"));
        assert!(text(channel("a..b", 256)).contains("empty token"));
        assert!(text(pattern("#.a", 256)).contains("may only stand in the last token"));
        assert!(text(pattern("a*b", 256)).contains("last character of a token"));
        assert!(text(pattern("", 256)).contains("give 1 to 256 bytes"));
    }
}
