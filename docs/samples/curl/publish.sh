#!/usr/bin/env bash
# Publishes one message over Connect. JSON carries bytes as base64.
set -euo pipefail
server="${FASTPUBSUB_SERVER:-http://127.0.0.1:8080}"

# ANCHOR: sample
curl --fail-with-body --silent --show-error \
  "$server/fastpubsub.v1.PubSubService/Publish" \
  --header "Authorization: Bearer $FASTPUBSUB_TOKEN" \
  --json '{
    "tenant": "my-tenant",
    "channel": "orders.eu.created",
    "payload": "'"$(printf hello | base64)"'"
  }'
# ANCHOR_END: sample
