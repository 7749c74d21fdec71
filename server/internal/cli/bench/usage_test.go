package bench

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// readingsMeter gives its readings one after another, and then fails.
type readingsMeter struct {
	readings []Reading
	reads    int
	read     func() // nil, or called before each
}

var errMeter = errors.New("the meter is broken")

func (m *readingsMeter) Read(context.Context) (Reading, error) {
	if m.read != nil {
		m.read()
	}
	m.reads++
	if m.reads > len(m.readings) {
		return Reading{}, errMeter
	}
	return m.readings[m.reads-1], nil
}

var someReadings = []Reading{
	{CPU: time.Second, Resident: 20 << 20},
	{CPU: 1100 * time.Millisecond, Resident: 30 << 20},
	{CPU: 1300 * time.Millisecond, Resident: 29 << 20},
}

func TestUsageOfARun(t *testing.T) {
	n := &network{}
	connected, published := []int{}, []int{}
	meter := &readingsMeter{readings: someReadings, read: func() {
		connected, published = append(connected, len(n.inboxes)), append(published, n.published)
	}}
	result, err := Run(t.Context(), planOf(2, 4, 1000), n, meter)
	require.NoError(t, err)
	assert.Equal(t, []int{0, 4, 4}, connected, "the meter is read before and after connecting")
	assert.Equal(t, []int{0, 0, 1000}, published, "and after the load")
	perMillion := 50 * time.Second // 200 ms for 4000
	assert.Equal(t, &Usage{
		Connecting:    Phase{CPU: 100 * time.Millisecond, Resident: 30 << 20, Growth: 10 << 20},
		Load:          Phase{CPU: 200 * time.Millisecond, Resident: 29 << 20, Growth: -1 << 20},
		CPUPerMillion: &perMillion,
	}, result.Server)
}

func TestUsageOfConnections(t *testing.T) {
	r := &run{plan: Plan{Publishers: 24, Subscribers: 1000}, readings: [moments]Reading(someReadings)}
	usage := r.usage(0)
	assert.Equal(t, int64(10<<10), *usage.Connecting.GrowthPerConnection)
	assert.Equal(t, int64(-1<<10), *usage.Load.GrowthPerConnection)
	assert.Nil(t, usage.CPUPerMillion, "nothing was delivered")
	assert.Nil(t, (&run{plan: Plan{Publishers: 1, Subscribers: 998}}).usage(1).Load.GrowthPerConnection, "too few to tell")
}

// A meter that does not work is found out before there is any load; later it costs
// no result.
func TestRunWithABrokenMeter(t *testing.T) {
	for working := range someReadings {
		n := &network{}
		result, err := Run(t.Context(), planOf(1, 1, 10), n, &readingsMeter{readings: someReadings[:working]})
		assert.ErrorIs(t, err, errMeter)
		if moment(working) < afterLoad {
			assert.Nil(t, result)
			assert.Zero(t, n.published)
			continue
		}
		assert.True(t, result.OK())
		assert.Equal(t, uint64(10), result.Delivered.Messages)
		assert.Nil(t, result.Server)
	}
}

func TestUsageIsShown(t *testing.T) {
	r, _ := perfect()
	result := r.result(0)
	r.readings = [moments]Reading(someReadings)
	var table bytes.Buffer
	require.NoError(t, result.WriteTable(&table))
	assert.NotContains(t, table.String(), "CPU", "the server was not metered")
	encoded, err := json.Marshal(result)
	require.NoError(t, err)
	assert.NotContains(t, string(encoded), `"server"`)

	result.Server = r.usage(2_000_000)
	table.Reset()
	require.NoError(t, result.WriteTable(&table))
	assert.Contains(t, table.String(), `
      server  CPU s  CPU s/million  resident MiB  grown MiB  KiB/connection
  connecting   0.10              -         30.00      10.00               -
        load   0.20          0.100         29.00      -1.00               -

lost 0`)
	encoded, err = json.Marshal(result)
	require.NoError(t, err)
	assert.Contains(t, string(encoded), `"server":{"connecting":{"cpu":100000000,"resident_bytes":31457280,"resident_growth_bytes":10485760},`+
		`"load":{"cpu":200000000,"resident_bytes":30408704,"resident_growth_bytes":-1048576},"cpu_per_million_deliveries":100000000}`)

	r.plan.Subscribers = 1023
	result.Server = r.usage(0)
	table.Reset()
	require.NoError(t, result.WriteTable(&table))
	assert.Contains(t, table.String(), "  connecting   0.10              -         30.00      10.00           10.00\n")
}
