//! The contract's messages and clients; `generate.sh` writes them.

#![allow(missing_docs, unreachable_pub, dead_code, unused_qualifications, clippy::all, clippy::pedantic)]

use std::fmt;

include!("generated/fastpubsub.v1.rs");

/// What holds a secret shows nothing.
macro_rules! redacted {
    ($($message:ident)+) => {$(
        impl fmt::Debug for $message {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($message)).finish_non_exhaustive()
            }
        }
    )+};
}

redacted!(AuthenticateCommand CreateTokenResponse RevokeTokenRequest);
