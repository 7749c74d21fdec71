#!/usr/bin/env bash
# Measures the library over both transports against a server that it starts itself, and prints one
# line a figure. FASTPUBSUB_SERVER_BINARY names the server; otherwise it is built with Go.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

work=$(mktemp -d)
server=${FASTPUBSUB_SERVER_BINARY:-$work/fastpubsub}
unset FASTPUBSUB_SERVER_BINARY
[[ -x $server ]] || (cd .. && go build -o "$server" ./server/cmd/fastpubsub)
mvn --batch-mode --no-transfer-progress --quiet test-compile \
  dependency:build-classpath -Dmdep.outputFile="$work/classpath" -Dmdep.includeScope=runtime

"$server" serve --dev --http-addr 127.0.0.1:0 --grpc-addr 127.0.0.1:0 \
  --ready-file "$work/ready.json" 2>"$work/log" &
pid=$!
trap 'kill -9 "$pid"; rm -rf "$work"' EXIT
until [[ -f $work/ready.json ]]; do
  kill -0 "$pid" || { cat "$work/log" >&2; exit 1; }
  read -rt 0.05 <> <(:) || true
done
member() { sed -E "s/.*\"$1\":\"([^\"]*)\".*/\1/" "$work/ready.json"; }

for address in "ws://$(member http)/ws" "grpc://$(member grpc)"; do
  java -cp "target/classes:target/test-classes:$(cat "$work/classpath")" \
    -Djava.util.logging.config.file=/dev/null com.fastpubsub.bench.Bench \
    "$address" "$(member access_token)" 2>"$work/errors" || { cat "$work/errors" >&2; exit 1; }
done
