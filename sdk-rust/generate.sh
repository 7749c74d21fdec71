#!/bin/sh
# Regenerates src/generated from the contract in ../proto. Needs only cargo.
set -eu
cd "$(dirname "$0")"
mkdir -p src/generated
cargo run --quiet --locked -p fastpubsub-generator -- ../proto src/generated
rustfmt --edition 2024 src/generated/*.rs
