#!/usr/bin/env bash
# Builds the book into docs/book with mdBook 0.5.
#
# Takes the mdbook on PATH if it is a 0.5, else one that cargo builds once (about
# two minutes) into the user's cache. With neither, the book is NOT_RUN, which
# fails when REQUIRE contains "docs".
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

version=0.5.4
cache="${XDG_CACHE_HOME:-$HOME/.cache}/fastpubsub/mdbook-$version"

if [[ "$(mdbook --version 2>/dev/null)" == "mdbook v0.5."* ]]; then
  mdbook=mdbook
elif [[ -x "$cache/bin/mdbook" ]]; then
  mdbook="$cache/bin/mdbook"
elif command -v cargo >/dev/null; then
  echo "installing mdBook $version into $cache" >&2
  cargo install mdbook --version "$version" --locked --quiet --root "$cache"
  mdbook="$cache/bin/mdbook"
else
  echo "NOT_RUN: docs: neither mdBook 0.5 nor cargo is installed" >&2
  [[ " ${REQUIRE:-} " != *" docs "* ]]
  exit
fi

# mdBook reports a missing include or a bad chapter as a warning or an error in
# its log and goes on.
log=$("$mdbook" build 2>&1) || { echo "$log" >&2; exit 1; }
echo "$log"
if grep -Eq '\b(WARN|ERROR)\b' <<<"$log"; then
  echo "the book has errors, see above" >&2
  exit 1
fi
