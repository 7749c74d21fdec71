#!/usr/bin/env bash
# Prints the payload of one message of tenant my-tenant.
set -euo pipefail

# ANCHOR: sample
fastpubsub sub --tenant my-tenant 'orders.#' --count 1
# ANCHOR_END: sample
