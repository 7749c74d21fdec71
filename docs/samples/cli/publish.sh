#!/usr/bin/env bash
# Publishes one message.
set -euo pipefail

# ANCHOR: sample
fastpubsub pub --tenant my-tenant orders.eu.created hello
# ANCHOR_END: sample
