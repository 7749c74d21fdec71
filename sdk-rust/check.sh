#!/bin/sh
# Checks everything in this folder: formatting, lints, builds with each choice of
# features and with the oldest Rust that is promised, licences and origins of the
# dependencies, documentation, tests, also of the conformance driver. Needs cargo and,
# for the tests against a real server, Go or FASTPUBSUB_SERVER_BINARY. Two checks need
# what may not be there: a toolchain of the oldest Rust, which rustup is asked for, and
# cargo-deny. Without it a line says NOT_RUN and which check, and nothing fails. Ends with
# the closing lines of the tests.
set -eu
cd "$(dirname "$0")"

not_run() {
  echo "NOT_RUN: $*" >&2
}

# Whether the toolchain is there, or could be installed within two minutes.
have_toolchain() {
  RUSTUP_AUTO_INSTALL=0 cargo "+$1" --version >/dev/null 2>&1 ||
    timeout 120 rustup toolchain install "$1" --profile minimal >/dev/null 2>&1
}

# Builds with the oldest Rust that Cargo.toml promises, apart from other builds, whose
# work it would undo.
check_oldest_rust() {
  oldest=$(sed -n 's/^rust-version = "\(.*\)"$/\1/p' Cargo.toml)
  [ -n "$oldest" ] || { echo "Cargo.toml states no rust-version" >&2; exit 1; }
  if have_toolchain "$oldest"; then
    cargo "+$oldest" check --locked --quiet --workspace --target-dir target/msrv
  else
    not_run "MSRV: there is no toolchain $oldest, and rustup could not install it"
  fi
}

# The advisories are left out: they change without a change here.
check_dependencies() {
  if cargo deny --version >/dev/null 2>&1; then
    cargo deny --locked check licenses bans sources
  else
    not_run "licences and origins of the dependencies: cargo-deny is not installed"
  fi
}

cargo fmt --all --check
cargo clippy --locked --workspace --all-targets --quiet -- -D warnings
for features in grpc websocket; do
  cargo clippy --locked --quiet --no-default-features --features "$features" -- -D warnings
done
check_oldest_rust
check_dependencies
RUSTDOCFLAGS="-D warnings" cargo doc --locked --no-deps --quiet
cargo test --locked --workspace
