//go:build linux

package workload

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fastpubsub/fastpubsub/server/internal/loadtest/systems"
)

// Every workload runs on our server, with a thousandth of the work, and measures
// something (DL-1, DL-2, DL-4: it would fail otherwise).
func TestWorkloads(t *testing.T) {
	program, err := systems.Build(t.TempDir())
	require.NoError(t, err)
	cpus, err := systems.AllowedCPUs()
	require.NoError(t, err)
	place := Place{Server: cpus[:1], All: cpus, Scale: 1000, Settling: time.Millisecond}
	for _, w := range All() {
		for _, s := range systems.FastPubSub(program) {
			if s.Name == systems.SessionWebSocket || !slices.Contains(w.Systems, s.Name) {
				continue
			}
			t.Run(w.Name+" on "+s.Name, func(t *testing.T) {
				figures, err := w.Run(place, s)
				require.NoError(t, err)
				assert.NotEmpty(t, figures)
			})
		}
	}
}
