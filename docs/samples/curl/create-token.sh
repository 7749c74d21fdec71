#!/usr/bin/env bash
# Creates an access token for one hour and prints the answer, JSON with the token.
set -euo pipefail
server="${FASTPUBSUB_SERVER:-http://127.0.0.1:8080}"

# ANCHOR: sample
# In one hour; the second form is for macOS.
expires=$(date -u -d '+1 hour' +%FT%TZ 2>/dev/null || date -u -v+1H +%FT%TZ)

curl --fail-with-body --silent --show-error "$server/v1/get-token" \
  --header "Authorization: Bearer $FASTPUBSUB_MASTER_TOKEN" \
  --json '{
    "right": {
      "tenant_grants": [{
        "tenant_ids": ["my-tenant"],
        "allow_channels_pub": ["orders.#"],
        "allow_channels_sub": ["orders.#"]
      }],
      "expires_at": "'"$expires"'"
    },
    "created_by": "quickstart"
  }'
# ANCHOR_END: sample
