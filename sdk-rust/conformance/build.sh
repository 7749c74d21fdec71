#!/bin/sh
# Builds the conformance driver, quickly, or the measuring program, optimised, or both,
# and leaves them as FOLDER/driver and FOLDER/bench.
# Usage: conformance/build.sh FOLDER [driver|bench]
set -eu
case "$#:${2:-}" in
  1:) programs="driver bench" ;;
  2:driver | 2:bench) programs=$2 ;;
  *) echo "usage: $0 FOLDER [driver|bench]" >&2; exit 2 ;;
esac
mkdir -p "$1"
folder=$(cd "$1" && pwd)
cd "$(dirname "$0")/.."
for program in $programs; do
  profile=conformance
  [ "$program" = driver ] || profile=release
  cargo build --quiet --locked --profile "$profile" -p fastpubsub-conformance --bin "$program"
  # A program that runs cannot be written, but replaced.
  cp "target/$profile/$program" "$folder/$program.new"
  mv -f "$folder/$program.new" "$folder/$program"
done
