//go:build linux

package systems

import (
	"fmt"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fastpubsub/fastpubsub/server/internal/loadtest/fleet"
	"github.com/fastpubsub/fastpubsub/server/internal/loadtest/wire"
)

// bare serves an echo, or a relay, until the test ends.
func bare(t *testing.T, e *echo) fleet.Target {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		assert.ErrorIs(t, e.serve(listener), net.ErrClosed)
	}()
	t.Cleanup(func() {
		assert.NoError(t, listener.Close())
		<-ended
	})
	address := listener.Addr().String()
	return fleet.Target{Address: netip.MustParseAddrPort(address), Wire: wire.Echo(address)}
}

// The echo server gives back what it gets, short and long; the relay gives it to who
// has subscribed.
func TestEchoAndRelay(t *testing.T) {
	for _, relays := range []bool{false, true} {
		target := bare(t, &echo{relays: relays})
		for _, size := range []int{fleet.StampBytes, 125, 126, 10_000} {
			f, err := fleet.New(target, fleet.NewTally(size, 1))
			require.NoError(t, err)
			made, err := f.Connect(1, 1, time.Minute, func(int) []string { return []string{"x"} })
			require.NoError(t, err)
			from := made[0]
			if relays {
				others, err := f.Connect(1, 1, time.Minute, func(int) []string { return nil })
				require.NoError(t, err)
				from = others[0]
			}
			publisher := f.NewPublisher(from, fleet.Load{Channels: []string{"x"}, Messages: 100, Size: size})
			_, err = f.AwaitDeliveries(100, time.Minute, publisher.Step)
			require.NoError(t, err)
			require.NoError(t, f.Finish(100))
			f.Close()
		}
	}
}

// A process is bound to its CPUs, and what it uses can be read.
func TestProcess(t *testing.T) {
	cpus, err := AllowedCPUs()
	require.NoError(t, err)
	require.NotEmpty(t, cpus)
	p, err := start(cpus[:1], func(string) (*exec.Cmd, error) { return exec.Command("sleep", "600"), nil })
	require.NoError(t, err)
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.command.Process.Pid))
	require.NoError(t, err)
	assert.Contains(t, string(status), fmt.Sprintf("Cpus_allowed_list:\t%d\n", cpus[0]))
	used, err := p.CPU()
	require.NoError(t, err)
	assert.Positive(t, used)
	resident, err := p.Resident()
	require.NoError(t, err)
	assert.Positive(t, resident)
	require.NoError(t, p.ResetPeak())
	peak, err := p.Peak()
	require.NoError(t, err)
	assert.GreaterOrEqual(t, peak, resident)
	_, err = p.Writes()
	require.NoError(t, err)
	dir := p.dir
	p.Stop()
	_, err = os.Stat(dir)
	assert.ErrorIs(t, err, os.ErrNotExist)
	after, err := AllowedCPUs()
	require.NoError(t, err)
	assert.Equal(t, cpus, after, "the test itself is bound to nothing")
}

// A server that ends at once says why.
func TestProcessThatEnds(t *testing.T) {
	cpus, err := AllowedCPUs()
	require.NoError(t, err)
	p, err := start(cpus[:1], func(string) (*exec.Cmd, error) { return exec.Command("sh", "-c", "echo no port; exit 1"), nil })
	require.NoError(t, err)
	assert.ErrorContains(t, p.await(func() bool { return false }), "no port")
	p.Stop()
}

func TestRedisVersion(t *testing.T) {
	assert.Equal(t, "7.0.15", redisVersion("Redis server v=7.0.15 sha=00000000:0 malloc=jemalloc"))
	assert.Empty(t, redisVersion("something else"))
}
