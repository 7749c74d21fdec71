#!/bin/sh
# Builds the conformance driver and the measuring program, and leaves them as
# FOLDER/driver and FOLDER/bench. Usage: conformance/build.sh FOLDER
set -eu
[ $# -eq 1 ] || { echo "usage: $0 FOLDER" >&2; exit 2; }
mkdir -p "$1"
folder=$(cd "$1" && pwd)
cd "$(dirname "$0")/.."
cargo build --quiet --locked --release -p fastpubsub-conformance
# A program that runs cannot be written, but replaced.
for program in driver bench; do
  cp "target/release/$program" "$folder/$program.new"
  mv -f "$folder/$program.new" "$folder/$program"
done
