// Package integrationtest runs the client against the real server, in one
// process, over each transport.
package integrationtest

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	fastpubsub "github.com/fastpubsub/fastpubsub/sdk-go"
	"github.com/fastpubsub/fastpubsub/server"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const masterToken = "a master token for tests"

// bench is a real server with a token client.
type bench struct {
	t      *testing.T
	server *server.Server
	ended  chan error // what Run returned
	tokens *fastpubsub.TokenClient
}

func newBench(t *testing.T, modify ...func(*server.Config)) *bench {
	t.Helper()
	config := server.DefaultConfig()
	config.HTTPAddr, config.GRPCAddr, config.DataDir = "127.0.0.1:0", "127.0.0.1:0", ""
	config.MasterTokens = []server.Secret{server.NewSecret(masterToken)}
	for _, m := range modify {
		m(&config)
	}
	s, err := server.New(config)
	require.NoError(t, err)
	b := &bench{t: t, server: s, ended: make(chan error, 1)}
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { b.ended <- s.Run(ctx) })
	t.Cleanup(func() {
		cancel()
		running.Wait()
	})
	<-s.Ready()
	b.tokens, err = fastpubsub.NewTokenClient("http://"+s.HTTPAddr(), masterToken)
	require.NoError(t, err)
	t.Cleanup(b.tokens.Close)
	return b
}

// right allows everything in t1 below "open".
func right(lifetime time.Duration) fastpubsub.Right {
	return fastpubsub.Right{
		TenantGrants: []fastpubsub.TenantGrant{{
			TenantIDs: []string{"t1"}, AllowChannelsPub: []string{"open.#"}, AllowChannelsSub: []string{"open.#"},
		}},
		ExpiresAt: time.Now().Add(lifetime),
	}
}

func (b *bench) create(lifetime time.Duration) *fastpubsub.CreatedToken {
	b.t.Helper()
	created, err := b.tokens.Create(b.t.Context(), fastpubsub.TokenRequest{Right: right(lifetime), CreatedBy: "test"})
	require.NoError(b.t, err)
	return created
}

// urls are the server's addresses, by transport.
func (b *bench) urls() map[string]string {
	return map[string]string{
		"websocket": "ws://" + b.server.HTTPAddr() + "/ws",
		"grpc":      "grpc://" + b.server.GRPCAddr(),
	}
}

// connect connects a client that is closed when the test ends.
func connect(t *testing.T, url string, options ...fastpubsub.Option) *fastpubsub.Client {
	t.Helper()
	options = append([]fastpubsub.Option{fastpubsub.WithLogger(slog.New(slog.DiscardHandler))}, options...)
	client, err := fastpubsub.Connect(t.Context(), url, options...)
	require.NoError(t, err)
	t.Cleanup(func() { _ = client.Close(context.Background()) })
	return client
}

// forward listens on one address and passes connections on to a server that can
// be exchanged.
type forward struct {
	listener net.Listener
	target   atomic.Pointer[string]
	passing  sync.WaitGroup
}

func newForward(t *testing.T, target string) *forward {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	f := &forward{listener: listener}
	f.target.Store(&target)
	f.passing.Go(f.accept)
	t.Cleanup(func() {
		_ = listener.Close()
		f.passing.Wait()
	})
	return f
}

func (f *forward) accept() {
	for {
		client, err := f.listener.Accept()
		if err != nil {
			return
		}
		f.passing.Go(func() { f.pass(client) })
	}
}

func (f *forward) pass(client net.Conn) {
	upstream, err := new(net.Dialer).Dial("tcp", *f.target.Load())
	if err != nil {
		_ = client.Close()
		return
	}
	var both sync.WaitGroup
	for _, way := range [][2]net.Conn{{client, upstream}, {upstream, client}} {
		both.Go(func() {
			_, _ = io.Copy(way[0], way[1])
			_ = way[0].Close()
		})
	}
	both.Wait()
}

func payload(i int) []byte { return fmt.Append(nil, i) }

// recorder keeps the states that a client goes through.
type recorder struct {
	mu     sync.Mutex
	states []fastpubsub.State
}

func (r *recorder) note(status fastpubsub.Status) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.states = append(r.states, status.State)
}

func (r *recorder) seen() []fastpubsub.State {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]fastpubsub.State(nil), r.states...)
}
