#!/usr/bin/env bash
# Revokes the access token FASTPUBSUB_TOKEN; its connections are closed.
set -euo pipefail
server="${FASTPUBSUB_SERVER:-http://127.0.0.1:8080}"

# ANCHOR: sample
curl --fail-with-body --silent --show-error --request DELETE "$server/v1/revoke-token" \
  --header "Authorization: Bearer $FASTPUBSUB_MASTER_TOKEN" \
  --json '{"token": "'"$FASTPUBSUB_TOKEN"'"}'
# ANCHOR_END: sample
