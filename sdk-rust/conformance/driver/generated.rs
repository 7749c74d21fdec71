//! The messages of the pipe; `generate.sh` writes them.

#![allow(missing_docs, unreachable_pub, dead_code, clippy::all, clippy::pedantic)]

pub(crate) mod fastpubsub {
    pub(crate) mod v1 {
        include!("generated/fastpubsub.v1.rs");
    }

    pub(crate) mod conformance {
        pub(crate) mod v1 {
            include!("generated/fastpubsub.conformance.v1.rs");
        }
    }
}

pub(crate) use self::fastpubsub::conformance::v1 as pipe;
pub(crate) use self::fastpubsub::v1 as contract;
