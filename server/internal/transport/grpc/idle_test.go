package grpc_test

import (
	"net"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/net/http2"

	"github.com/fastpubsub/fastpubsub/server/internal/transport/rpc/rpctest"
)

// TestIdleSessionMemory bounds what a connection with one session holds on which
// nothing happens: heap and stack, with the little that this test's client takes. A
// goroutine that waits, or a buffer that stays, shows here.
func TestIdleSessionMemory(t *testing.T) {
	const count = 200
	f := rpctest.New(t)
	n := onLoopback(t, f, options(f), plain())
	token := n.TokenForAll(t)
	idleSession(t, n, token) // what all share is there from now on
	before := memoryInUse()
	goroutines := runtime.NumGoroutine()
	for range count {
		idleSession(t, n, token)
	}
	require.Equal(t, count+1, f.Registry.Count())
	require.Eventually(t, func() bool { return runtime.NumGoroutine() < goroutines+count+count/2 }, waitTime, tick, "one goroutine a connection")
	assert.Less(t, (memoryInUse()-before)/count, int64(mostIdleBytes))
}

// idleSession opens a session by hand, and reads its welcome.
func idleSession(t *testing.T, n *node, token string) {
	t.Helper()
	conn, err := net.Dial("tcp", n.conn.Target())
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close() })
	require.NoError(t, conn.SetReadDeadline(time.Now().Add(waitTime)))
	welcomed(t, rawSession(t, conn, token))
}

// welcomed reads up to the welcome of a session.
func welcomed(t *testing.T, framer *http2.Framer) {
	t.Helper()
	for {
		frame, err := framer.ReadFrame()
		require.NoError(t, err)
		if _, ok := frame.(*http2.DataFrame); ok {
			return
		}
	}
}

// memoryInUse is what heap and stacks hold.
func memoryInUse() int64 {
	for range 3 {
		runtime.GC() // each may halve a stack
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc + m.StackInuse) //nolint:gosec // far below
}
