#!/usr/bin/env bash
# Lists the tokens of the quickstart, without their secrets.
set -euo pipefail
server="${FASTPUBSUB_SERVER:-http://127.0.0.1:8080}"

# ANCHOR: sample
curl --fail-with-body --silent --show-error "$server/v1/tokens?client_id=quickstart" \
  --header "Authorization: Bearer $FASTPUBSUB_MASTER_TOKEN"
# ANCHOR_END: sample
