#!/bin/sh
# Regenerates src/generated, and conformance/driver/generated, from the contract in
# ../proto. Needs only cargo.
set -eu
cd "$(dirname "$0")"
driver=conformance/driver/generated
mkdir -p src/generated "$driver"
cargo run --quiet --locked -p fastpubsub-generator -- ../proto src/generated "$driver"
rustfmt --edition 2024 src/generated/*.rs "$driver"/*.rs
