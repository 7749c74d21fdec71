package grpc_test

import (
	"net"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"
	"google.golang.org/grpc/test/bufconn"

	transport "github.com/fastpubsub/fastpubsub/server/internal/transport/grpc"
	"github.com/fastpubsub/fastpubsub/server/internal/transport/rpc"
	"github.com/fastpubsub/fastpubsub/server/internal/transport/rpc/rpctest"
)

const (
	publishPath = "/fastpubsub.v1.PubSubService/Publish"
	healthPath  = "/grpc.health.v1.Health/Check"
)

// ending is how the server ended a stream, and when.
type ending struct {
	stream  uint32
	message string
	status  string
	at      time.Time
}

// endings reads a connection until the server closes it, and tells of all streams
// that it ends.
func endings(framer *http2.Framer) (<-chan ending, <-chan time.Time) {
	framer.ReadMetaHeaders = hpack.NewDecoder(4096, nil)
	ended, closed := make(chan ending, 100), make(chan time.Time, 1)
	go func() {
		defer close(ended)
		for {
			frame, err := framer.ReadFrame()
			if err != nil {
				closed <- time.Now()
				return
			}
			if e, ok := endingOf(frame); ok {
				ended <- e
			}
		}
	}()
	return ended, closed
}

func endingOf(frame http2.Frame) (ending, bool) {
	headers, ok := frame.(*http2.MetaHeadersFrame)
	if !ok || !headers.StreamEnded() {
		return ending{}, false
	}
	e := ending{stream: headers.StreamID, at: time.Now()}
	for _, field := range headers.RegularFields() {
		switch field.Name {
		case "grpc-message":
			e.message = field.Value
		case "grpc-status":
			e.status = field.Value
		}
	}
	return e, true
}

func TestStrangersAreRefusedBeforeTheirRequestIsRead(t *testing.T) { // LM-9, TK-11
	inBubble(t, func(t *testing.T, _ *rpctest.Fixture, conn net.Conn) {
		began := time.Now()
		framer := rawConnection(t, conn)
		ended, closed := endings(framer)
		for i, path := range []string{
			publishPath, "/fastpubsub.v1.PubSubService/Subscribe", "/fastpubsub.v1.PubSubService/Session",
			"/fastpubsub.v1.TokenService/ListTokens", "/fastpubsub.v1.AdminService/Drain",
		} {
			rawCall(t, framer, uint32(2*i+1), path, "")
			e := <-ended
			require.EqualValues(t, 2*i+1, e.stream)
			require.Contains(t, e.message, "token", path)
			require.Zero(t, e.at.Sub(began), path)
		}
		time.Sleep(9 * time.Second)
		rawCall(t, framer, 21, publishPath, "")
		<-ended
		assert.Equal(t, 10*time.Second, (<-closed).Sub(began), "refused calls do not let the connection stay")
	})
}

func TestRequestsThatDoNotArriveAreNotWaitedFor(t *testing.T) { // LM-9
	for _, method := range []string{"Publish", "Subscribe"} {
		inBubble(t, func(t *testing.T, f *rpctest.Fixture, conn net.Conn) {
			began := time.Now()
			framer := rawConnection(t, conn)
			ended, _ := endings(framer)
			rawCall(t, framer, 1, "/fastpubsub.v1.PubSubService/"+method, f.TokenForAll(t))
			e := <-ended
			assert.Contains(t, e.message, "did not arrive")
			assert.Equal(t, 30*time.Second, e.at.Sub(began))
			require.NoError(t, conn.Close())
			for range ended { //nolint:revive // until the reader ends
			}
		})
	}
}

func TestCallsOnAConnectionAreBounded(t *testing.T) { // LM-9
	inBubble(t, func(t *testing.T, _ *rpctest.Fixture, conn net.Conn) {
		framer := rawConnection(t, conn)
		frame, err := framer.ReadFrame()
		require.NoError(t, err)
		most, ok := frame.(*http2.SettingsFrame).Value(http2.SettingMaxConcurrentStreams)
		require.True(t, ok)
		assert.EqualValues(t, 1000, most)
	})
}

func TestCallsWithoutATokenAreBounded(t *testing.T) { // LM-9, OP-2
	inBubble(t, func(t *testing.T, _ *rpctest.Fixture, conn net.Conn) {
		began := time.Now()
		framer := rawConnection(t, conn)
		framer.ReadMetaHeaders = hpack.NewDecoder(4096, nil)
		for i := range 17 {
			rawCall(t, framer, uint32(2*i+1), healthPath, "")
		}
		require.Contains(t, nextEnding(t, framer).message, "no token")
		require.Zero(t, time.Since(began))
		for range 16 {
			require.Contains(t, nextEnding(t, framer).message, "did not arrive")
			require.Equal(t, 30*time.Second, time.Since(began))
		}
		require.Zero(t, nextEnding(t, framer))
		assert.Equal(t, 10*time.Minute, time.Since(began), "longer than a connection without any call")
	})
}

// nextEnding answers pings until a stream ends; the zero ending: the connection was
// closed.
func nextEnding(t *testing.T, framer *http2.Framer) ending {
	t.Helper()
	for {
		frame, err := framer.ReadFrame()
		if err != nil {
			return ending{}
		}
		if ping, ok := frame.(*http2.PingFrame); ok && !ping.IsAck() {
			if framer.WritePing(true, ping.Data) != nil {
				return ending{}
			}
		}
		if e, ok := endingOf(frame); ok {
			return e
		}
	}
}

func TestStopDoesNotWaitForSilentPeers(t *testing.T) { // DL-10, OP-11
	for name, speak := range map[string]func(*testing.T, *rpctest.Fixture, net.Conn){
		"nothing is sent": func(*testing.T, *rpctest.Fixture, net.Conn) {},
		"half a preface":  func(t *testing.T, _ *rpctest.Fixture, conn net.Conn) { write(t, conn, http2.ClientPreface[:9]) },
		"no call":         func(t *testing.T, _ *rpctest.Fixture, conn net.Conn) { rawConnection(t, conn) },
		"a stranger's call": func(t *testing.T, _ *rpctest.Fixture, conn net.Conn) {
			rawCall(t, rawConnection(t, conn), 1, publishPath, "")
		},
		"a wrong token": func(t *testing.T, _ *rpctest.Fixture, conn net.Conn) {
			framer := rawConnection(t, conn)
			for i := range 20 {
				rawCall(t, framer, uint32(2*i+1), publishPath, "wrong")
			}
		},
		"an open health check": func(t *testing.T, _ *rpctest.Fixture, conn net.Conn) {
			rawCall(t, rawConnection(t, conn), 1, healthPath, "")
		},
		"an admitted call that ended long ago": func(t *testing.T, f *rpctest.Fixture, conn net.Conn) {
			rawCall(t, rawConnection(t, conn), 1, publishPath, f.TokenForAll(t))
			time.Sleep(35 * time.Second)
		},
	} {
		t.Run(name, func(t *testing.T) {
			withServer(t, func(t *testing.T, f *rpctest.Fixture, conn net.Conn, server *transport.Server) {
				speak(t, f, conn)
				synctest.Wait()
				began := time.Now()
				server.Stop(t.Context())
				assert.Less(t, time.Since(began), 300*time.Millisecond)
			})
		})
	}
}

func write(t *testing.T, conn net.Conn, text string) {
	t.Helper()
	_, err := conn.Write([]byte(text))
	require.NoError(t, err)
}

func TestStopDoesNotWaitForCallsThatHavePanicked(t *testing.T) { // DL-10, ER-6
	synctest.Test(t, func(t *testing.T) {
		f := rpctest.New(t)
		o := options(f)
		o.Admin = rpc.NewAdmin(anyone{}, nil, func() (int, time.Duration) { panic("a fault") })
		server := transport.New(o)
		l := bufconn.Listen(1 << 16)
		served := make(chan error, 1)
		go func() { served <- server.Serve(l) }()
		conn, err := l.DialContext(t.Context())
		require.NoError(t, err)
		framer := rawConnection(t, conn)
		framer.ReadMetaHeaders = hpack.NewDecoder(4096, nil)
		rawCall(t, framer, 1, "/fastpubsub.v1.AdminService/Drain", rpctest.MasterToken)
		require.NoError(t, framer.WriteData(1, true, []byte{0, 0, 0, 0, 0}))
		require.Contains(t, nextEnding(t, framer).message, "failed")
		time.Sleep(5 * time.Second)
		began := time.Now()
		server.Stop(t.Context())
		assert.Less(t, time.Since(began), 300*time.Millisecond)
		require.NoError(t, <-served)
		require.NoError(t, conn.Close())
	})
}
