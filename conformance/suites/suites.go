// Package suites is the conformance cases.
package suites

import (
	"slices"

	"github.com/fastpubsub/fastpubsub/conformance/internal/scenario"
)

// All are the cases, in the order in which they are run.
func All() []scenario.Case {
	return slices.Concat(delivery)
}
