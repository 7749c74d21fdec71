// Package interop is the cases that show that what one SDK writes another reads.
// They run with a pair of SDKs: the first client that a case opens is the
// listener's, the second the writer's, and so on in turn. They hold for one SDK,
// too.
package interop

import (
	"github.com/fastpubsub/fastpubsub/conformance/internal/scenario"
)

// All are the cases, in the order in which they are run.
func All() []scenario.Case {
	return append(messages(), meetings()...)
}

// ends opens a client of each side.
func ends(s *scenario.S) (listener, writer *scenario.Client) {
	listener = s.Open(scenario.Opening{})
	return listener, s.Open(scenario.Opening{})
}
