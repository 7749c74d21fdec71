package testserver

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestPinned(t *testing.T) {
	command, environment := Pinned("", []string{"server", "serve"})
	assert.Equal(t, []string{"server", "serve"}, command)
	assert.Empty(t, environment)
	command, environment = Pinned("0,2-3", []string{"server", "serve"})
	assert.Equal(t, []string{"taskset", "-c", "0,2-3", "server", "serve"}, command)
	assert.Equal(t, []string{"GOMAXPROCS=3"}, environment)
}

func TestCountCPUs(t *testing.T) {
	for list, want := range map[string]int{"0": 1, "0,1": 2, "0-3": 4, "1,4-5": 3, "x": 1} {
		assert.Equal(t, want, countCPUs(list), list)
	}
}
