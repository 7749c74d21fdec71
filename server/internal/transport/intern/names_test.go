package intern

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestNamesAreWhatWasAskedFor(t *testing.T) {
	var n Names
	for _, name := range []string{"", "a", "a", "b", "", "a.b.c", "a.b.c"} {
		assert.Equal(t, name, n.Tenant([]byte(name)))
		assert.Equal(t, name+"x", n.Channel([]byte(name+"x")))
	}
}

func TestNamesKeepNothingOfTheCallersBytes(t *testing.T) {
	var n Names
	b := []byte("abc")
	text := n.Tenant(b)
	copy(b, "xyz")
	assert.Equal(t, "abc", text)
	assert.Equal(t, "abc", n.Tenant([]byte("abc")))
}

func TestRepeatedNameCostsNoAllocation(t *testing.T) {
	var n Names
	name := []byte("orders.42")
	n.Channel(name)
	assert.Zero(t, testing.AllocsPerRun(100, func() { n.Channel(name) }))
}

func TestLongNamesAreNotKept(t *testing.T) {
	var n Names
	n.Channel([]byte("a"))
	long := bytes.Repeat([]byte("x"), maxKept+1)
	assert.Equal(t, string(long), n.Channel(long))
	assert.Equal(t, "a", n.channel)
}
