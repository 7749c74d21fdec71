package h2_test

import (
	"strings"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"
	"golang.org/x/net/http2"

	"github.com/fastpubsub/fastpubsub/server/internal/transport/h2"
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
