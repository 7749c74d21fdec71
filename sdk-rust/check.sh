#!/bin/sh
# Checks everything in this folder: formatting, lints, builds with each choice of
# features and with the oldest Rust that is promised, licences and origins of the
# dependencies, documentation, tests, also of the conformance driver. Needs cargo and,
# for the tests against a real server, Go or FASTPUBSUB_SERVER_BINARY. Two checks need
# what may not be there and is then installed: a toolchain of the oldest Rust, by
# rustup, and cargo-deny, which cargo builds once (about two minutes) into the user's
# cache. Where that is not possible a line says NOT_RUN and which check, which fails
# when REQUIRE contains "sdk-rust". Ends with the closing lines of the tests.
set -eu
cd "$(dirname "$0")"

deny_version=0.20.2
deny_cache="${XDG_CACHE_HOME:-$HOME/.cache}/fastpubsub/cargo-deny-$deny_version"

not_run() {
  echo "NOT_RUN: sdk-rust: $*" >&2
  case " ${REQUIRE:-} " in
    *" sdk-rust "*) exit 1 ;;
  esac
}

# Whether the toolchain is there, or could be installed within five minutes.
have_toolchain() {
  RUSTUP_AUTO_INSTALL=0 cargo "+$1" --version >/dev/null 2>&1 ||
    timeout 300 rustup toolchain install "$1" --profile minimal >/dev/null
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

# Whether "cargo deny" is of the series that deny.toml is written for, or could be
# installed. It is built without optimisation: it runs for a second.
have_cargo_deny() {
  PATH="$deny_cache/bin:$PATH"
  case "$(cargo deny --version 2>/dev/null)" in
    "cargo-deny ${deny_version%.*}."*) return 0 ;;
  esac
  echo "installing cargo-deny $deny_version into $deny_cache" >&2
  cargo install cargo-deny --version "$deny_version" --locked --quiet --root "$deny_cache" \
    --debug --config profile.dev.debug=false
}

# The advisories are left out: they change without a change here.
check_dependencies() {
  if have_cargo_deny; then
    cargo deny --locked check licenses bans sources
  else
    not_run "licences and origins of the dependencies: cargo-deny is not there, and cargo could not install it"
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
