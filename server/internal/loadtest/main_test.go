//go:build linux

package main

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fastpubsub/fastpubsub/server/internal/loadtest/workload"
)

func TestParse(t *testing.T) {
	s, err := parse([]string{"-rounds", "5", "-systems", "redis, nats TCP", "-json", "f"})
	require.NoError(t, err)
	assert.Equal(t, 5, s.rounds)
	assert.True(t, chosen(s.systems, "nats TCP"))
	assert.False(t, chosen(s.systems, "nats"))
	assert.True(t, chosen(s.workloads, "anything"), "an empty list is all")
	for _, wrong := range [][]string{{"-rounds", "0"}, {"-scale", "0"}, {"word"}, {"-unknown"}} {
		_, err := parse(wrong)
		assert.Error(t, err, "%v", wrong)
	}
}

// The first CPU is the server's.
func TestPlace(t *testing.T) {
	place, err := placeOf("2,3,7")
	require.NoError(t, err)
	assert.Equal(t, workload.Place{Server: []int{2}, All: []int{2, 3, 7}}, place)
	_, err = placeOf("x")
	assert.Error(t, err)
}

func TestMachine(t *testing.T) {
	m := machine()
	assert.NotEmpty(t, m.CPU)
	assert.Positive(t, m.Cores)
	assert.Positive(t, m.Memory)
	assert.Contains(t, m.System, "Linux")
	assert.Equal(t, "6.1.0", kernelVersion("6.1.0-18-cloud"))
}

// Workloads have names of their own, and each is for somebody.
func TestCatalogue(t *testing.T) {
	seen := map[string]bool{}
	for _, w := range workload.All() {
		assert.False(t, seen[w.Name], w.Name)
		seen[w.Name] = true
		assert.NotEmpty(t, w.Title)
		assert.NotEmpty(t, w.Systems)
	}
}
