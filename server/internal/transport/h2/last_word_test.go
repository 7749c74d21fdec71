package h2_test

import (
	"crypto/tls"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/net/http2"

	"github.com/fastpubsub/fastpubsub/server/internal/transport/h2"
	"github.com/fastpubsub/fastpubsub/server/internal/transport/rpc/rpctest"
)

// All streams of a connection end while its peer is slow to read: each gets its last
// word.
func TestAllStreamsMayEndAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const streams = 1000
		c := config()
		c.MaxStreams = streams
		revoked := make(chan struct{})
		why := h2.AppendField(nil, "grpc-message", strings.Repeat("~", 600))
		p := inMemory(t, 1<<10, c, func(s *h2.Stream) {
			<-revoked
			s.Finish(why)
		})
		for i := range uint32(streams) {
			p.call(2*i + 1)
		}
		synctest.Wait()
		close(revoked)
		synctest.Wait() // one write is in progress, the others wait
		for ended := 0; ended < streams; {
			frame, err := p.ReadFrame()
			require.NoError(t, err)
			if f, ok := frame.(*http2.MetaHeadersFrame); ok && f.StreamEnded() {
				ended++
			}
		}
	})
}

// A peer that has read the end of a call may make the next one at once.
func TestStreamThatHasBeenAnsweredCountsNoMore(t *testing.T) { // LM-9
	synctest.Test(t, func(t *testing.T) {
		c := config()
		c.MaxStreams = 1
		release := make(chan struct{})
		defer close(release)
		p := inMemory(t, room, c, func(s *h2.Stream) {
			s.Finish(trailers)
			<-release // it has not returned yet
		})
		for _, id := range []uint32{1, 3, 5} {
			p.call(id)
			p.headers(id, true)
		}
	})
}

// A drained connection over TLS, whose good-bye would wait behind what its peer does
// not read, ends like any other whose peer is gone.
func TestDrainedPeerThatReadsNothingIsGone(t *testing.T) { // DL-10, LM-10
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		p := overTLS(t, waiting)
		go p.server.Drain() // it writes
		ping := until(p, func(f *http2.PingFrame) bool { return !f.IsAck() })
		require.NoError(t, p.WritePing(true, ping.Data))
		p.goAway()
		synctest.Wait()
		require.NoError(t, p.WritePing(false, [8]byte{})) // whose answer nobody reads
		p.over()
		assert.InDelta(t, 40, time.Since(began).Seconds(), 1)
	})
}

// overTLS is a peer on a connection over TLS that holds nothing that is not read.
func overTLS(t *testing.T, handle func(*h2.Stream)) *peer {
	t.Helper()
	near, far := net.Pipe()
	t.Cleanup(func() { _ = near.Close() })
	own, pool := rpctest.Certificate(t)
	secured := tls.Server(far, &tls.Config{Certificates: []tls.Certificate{own}, MinVersion: tls.VersionTLS13})
	client := tls.Client(near, &tls.Config{RootCAs: pool, ServerName: "127.0.0.1", MinVersion: tls.VersionTLS13})
	p := &peer{t: t, raw: client, server: h2.New(secured, config(), handle), served: make(chan struct{}), Framer: http2.NewFramer(client, client)}
	go func() {
		defer close(p.served)
		p.server.Serve()
	}()
	greeted := make(chan struct{})
	go func() {
		defer close(greeted)
		p.greet()
	}()
	until(p, func(f *http2.SettingsFrame) bool { return f.IsAck() })
	<-greeted // what it wrote may be answered before it is done
	return p
}
