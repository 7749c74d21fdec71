#!/bin/sh
# Checks everything in this folder: formatting, lints, builds with each choice of
# features, documentation, tests, also of the conformance driver. Needs cargo and, for the tests against a real server,
# Go or FASTPUBSUB_SERVER_BINARY. Ends with the closing lines of the tests.
set -eu
cd "$(dirname "$0")"

cargo fmt --all --check
cargo clippy --locked --workspace --all-targets --quiet -- -D warnings
for features in grpc websocket; do
  cargo clippy --locked --quiet --no-default-features --features "$features" -- -D warnings
done
RUSTDOCFLAGS="-D warnings" cargo doc --locked --no-deps --quiet
cargo test --locked --workspace
