#!/usr/bin/env bash
# Creates an access token for one hour and prints it.
set -euo pipefail

# ANCHOR: sample
fastpubsub token create \
  --tenant my-tenant --pub 'orders.#' --sub 'orders.#' --expires-in 1h \
  --created-by quickstart
# ANCHOR_END: sample
