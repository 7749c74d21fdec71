// Package suites is the conformance cases, one file for each suite.
package suites

import (
	"slices"

	"github.com/fastpubsub/fastpubsub/conformance/internal/scenario"
)

// All are the cases, in the order in which they are run.
func All() []scenario.Case {
	return slices.Concat(
		connect, refusals, subscriptions, patterns, names, delivery, modes, acknowledgement, limits, roundTrip,
		tokenSource, expiry, reconnect, buffering, keepAlive, drain, lag, slowConsumer, tls,
		cancellation, closing, dropping, secrets, tokens, concurrency,
	)
}
