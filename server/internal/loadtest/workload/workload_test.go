//go:build linux

package workload

import (
	"io/fs"
	"path/filepath"
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
	on := func(w Workload) []systems.System {
		return slices.DeleteFunc(systems.FastPubSub(program), func(s systems.System) bool {
			return s.Name == systems.SessionWebSocket || !slices.Contains(w.Systems, s.Name)
		})
	}
	for _, group := range Together(All(), on) {
		first := group[0]
		t.Run(first.Workload.Name+" on "+first.System.Name, func(t *testing.T) {
			for i, outcome := range Measure(place, group) {
				require.NoError(t, outcome.Err, "%s on %s", group[i].Workload.Name, group[i].System.Name)
				assert.NotEmpty(t, outcome.Figures)
			}
		})
	}
}

// A run that fails does not end those that it takes turns with.
func TestFailedRunAmongOthers(t *testing.T) {
	program, err := systems.Build(t.TempDir())
	require.NoError(t, err)
	cpus, err := systems.AllowedCPUs()
	require.NoError(t, err)
	good := systems.FastPubSub(program)[0]
	bad := systems.FastPubSub(filepath.Join(t.TempDir(), "none"))[0]
	w := All()[slices.IndexFunc(All(), func(w Workload) bool { return w.Name == OneToOne })]
	outcomes := Measure(Place{Server: cpus[:1], All: cpus, Scale: 8}, []Entry{{w, bad}, {w, good}, {w, good}})
	require.ErrorIs(t, outcomes[0].Err, fs.ErrNotExist)
	for _, o := range outcomes[1:] {
		require.NoError(t, o.Err)
		assert.Positive(t, o.Figures[TurnP99])
	}
}

// Workloads with Turns in common are compared, between systems or on each, and the
// others not at all.
func TestTogether(t *testing.T) {
	a, b := systems.System{Name: "a"}, systems.System{Name: "b"}
	all := []Workload{{Name: "1"}, {Name: "2", Turns: "x"}, {Name: "3", Turns: "y", EachSystem: true}, {Name: "4", Turns: "y", EachSystem: true}, {Name: "5", Turns: "x"}, {Name: "6"}}
	var got [][]string
	for _, group := range Together(all, func(Workload) []systems.System { return []systems.System{a, b} }) {
		var names []string
		for _, e := range group {
			names = append(names, e.Workload.Name+e.System.Name)
		}
		got = append(got, names)
	}
	assert.Equal(t, [][]string{{"1a"}, {"1b"}, {"2a", "2b", "5a", "5b"}, {"3a", "4a"}, {"3b", "4b"}, {"6a"}, {"6b"}}, got)
}
