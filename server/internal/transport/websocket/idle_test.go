package websocket

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/fastpubsub/fastpubsub/server/internal/transport/wsframe"
)

// idleClients, in the environment, makes the test program a client that holds
// idle connections: "ADDRESS COUNT SUBSCRIBE".
const idleClients = "FASTPUBSUB_TEST_IDLE_CLIENTS"

func TestMain(m *testing.M) {
	if order := os.Getenv(idleClients); order != "" {
		if err := holdIdleClients(order); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		return
	}
	goleak.VerifyTestMain(m)
}

// holdIdleClients connects, says so, and holds the connections until standard
// input ends.
func holdIdleClients(order string) error {
	var addr string
	var count int
	var subscribe bool
	if _, err := fmt.Sscan(order, &addr, &count, &subscribe); err != nil {
		return err
	}
	const dialers = 16
	failed := make(chan error, dialers)
	var group sync.WaitGroup
	for i := range dialers {
		group.Go(func() {
			for n := i; n < count; n += dialers {
				if err := holdIdleClient(addr, subscribe); err != nil {
					failed <- err
					return
				}
			}
		})
	}
	group.Wait()
	select {
	case err := <-failed:
		return err
	default:
	}
	fmt.Println("ready")
	_, err := io.Copy(io.Discard, os.Stdin)
	return err
}

var held struct {
	sync.Mutex
	connections []net.Conn
}

func holdIdleClient(addr string, subscribe bool) error {
	c, err := net.Dial("tcp", addr)
	if err != nil {
		return err
	}
	held.Lock()
	held.connections = append(held.connections, c)
	held.Unlock()
	head := "GET / HTTP/1.1\r\n" + upgradeLines + "Sec-WebSocket-Protocol: llps.v1,at." + goodToken + "\r\n\r\n"
	if _, err = io.WriteString(c, head); err != nil {
		return err
	}
	answers := bufio.NewReaderSize(c, 512)
	response, err := http.ReadResponse(answers, nil)
	if err != nil {
		return err
	}
	_ = response.Body.Close()
	if subscribe {
		if _, err = c.Write(clientFrame(true, wsframe.Text, []byte("SUB:t1:a.#"))); err == nil {
			_, err = io.ReadFull(answers, make([]byte, len("xxOK:SUB:t1:a.#")))
		}
	}
	return err
}

// BenchmarkIdleConnections is the memory of a connection that nothing happens
// on: what the server's heap and stacks hold, and what the process has from the
// system. The clients are another process.
func BenchmarkIdleConnections(b *testing.B) {
	const count = 10000
	for _, subscribe := range []bool{false, true} {
		b.Run(fmt.Sprintf("subscribed=%v", subscribe), func(b *testing.B) {
			for range b.N {
				s := newServer(b)
				before, rssBefore := memory(b)
				release := s.holdClients(b, count, subscribe)
				after, rssAfter := memory(b)
				b.ReportMetric(float64(after-before)/count, "B/conn")
				b.ReportMetric(float64(rssAfter-rssBefore)/count, "RSS-B/conn")
				release()
				s.handler.Wait()
			}
		})
	}
}

// TestIdleConnectionMemory bounds what a connection holds on which nothing happens
// any more, after a subscribe: heap and stack. A buffer that stays, or a stack
// that is deeper than waiting needs, shows here.
func TestIdleConnectionMemory(t *testing.T) {
	const count = 1000
	s := newServer(t)
	before, _ := memory(t)
	release := s.holdClients(t, count, true)
	after, _ := memory(t)
	release()
	t.Logf("%d bytes each", (after-before)/count)
	assert.Less(t, (after-before)/count, int64(mostIdleBytes))
}

func (s *server) holdClients(b testing.TB, count int, subscribe bool) (release func()) {
	b.Helper()
	program, err := os.Executable()
	require.NoError(b, err)
	clients := exec.CommandContext(b.Context(), program) //nolint:gosec // this very program
	clients.Env = append(os.Environ(), fmt.Sprintf("%s=%s %d %v", idleClients, s.addr, count, subscribe))
	orders, err := clients.StdinPipe()
	require.NoError(b, err)
	output, err := clients.StdoutPipe()
	require.NoError(b, err)
	require.NoError(b, clients.Start())
	line, err := bufio.NewReader(output).ReadString('\n')
	require.NoError(b, err)
	require.Equal(b, "ready\n", line)
	require.Equal(b, count, s.registry.Count())
	return func() {
		_ = orders.Close()
		_ = clients.Wait()
	}
}

// memory is what heap and stacks hold, and what the process has.
func memory(b testing.TB) (held, resident int64) {
	b.Helper()
	for range 4 { // stacks shrink with collections, and pools are emptied
		runtime.GC()
	}
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	statm, err := os.ReadFile("/proc/self/statm")
	require.NoError(b, err)
	pages, err := strconv.ParseInt(strings.Fields(string(statm))[1], 10, 64)
	require.NoError(b, err)
	return int64(stats.HeapAlloc + stats.StackInuse), pages * int64(os.Getpagesize()) //nolint:gosec // far below
}
