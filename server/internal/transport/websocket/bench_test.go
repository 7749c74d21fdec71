package websocket

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/proto"

	fastpubsubv1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/v1"
	"github.com/fastpubsub/fastpubsub/server/internal/transport/wsframe"
)

// BenchmarkPublish is the way of a publish from the socket to the hub, of which
// nobody is subscribed: one operation a message of 128 bytes.
func BenchmarkPublish(b *testing.B) {
	request, err := proto.Marshal(publishRequest(&fastpubsubv1.OutgoingMessage{Tenant: "t1", Channel: "a.b", Payload: make([]byte, 128)}))
	require.NoError(b, err)
	for protocol, message := range map[string][]byte{
		"llps.v1": publishV1("t1", "a.b", string(make([]byte, 128))), "fastpubsub.v1": request,
	} {
		b.Run(protocol, func(b *testing.B) {
			c := newServer(b).connect(protocol, goodToken)
			frame := clientFrame(true, wsframe.Binary, message)
			var burst []byte
			for range 100 {
				burst = append(burst, frame...)
			}
			go func() { _, _ = io.Copy(io.Discard, c.br) }() // until the connection ends
			b.ReportAllocs()
			for i := 0; i < b.N; i += 100 {
				c.send(burst)
			}
		})
	}
}

// BenchmarkEcho is the way of a message from one client back to itself, one at a
// time: what a message costs that nothing is shared with.
func BenchmarkEcho(b *testing.B) {
	c := newServer(b).llps()
	c.text("SUB:t1:a.b")
	c.expectText("OK:SUB:t1:a.b")
	frame := clientFrame(true, wsframe.Binary, publishV1("t1", "a.b", string(make([]byte, 128))))
	b.ReportAllocs()
	for b.Loop() {
		c.send(frame)
		if _, _, err := c.frame(); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkFanOut is a burst to many connections: one operation a delivery of
// 128 bytes.
func BenchmarkFanOut(b *testing.B) {
	for _, protocol := range []string{"llps.v1", "fastpubsub.v1"} {
		for _, listeners := range []int{1, 100} {
			b.Run(fmt.Sprintf("%s/listeners=%d", protocol, listeners), func(b *testing.B) {
				fanOut(b, protocol, listeners)
			})
		}
	}
}

func fanOut(b *testing.B, protocol string, listeners int) {
	s := newServer(b)
	ended := make(chan error, listeners)
	for range listeners {
		c := s.connect(protocol, goodToken)
		if protocol == sessionProtocol.name {
			(&sessionClient{client: c}).response()
			(&sessionClient{client: c}).subscribe(1, "t1", "a.b")
		} else {
			c.text("SUB:t1:a.b")
			c.expectText("OK:SUB:t1:a.b")
		}
		go func() { ended <- c.readUntilSentinel() }()
	}
	writer := s.llps()
	frame := clientFrame(true, wsframe.Binary, publishV1("t1", "a.b", string(make([]byte, 128))))
	var burst []byte
	for range 50 {
		burst = append(burst, frame...)
	}
	b.ReportAllocs()
	b.ResetTimer()
	for i := 0; i < b.N; i += 50 * listeners {
		writer.send(burst)
		writer.text("PING")
		writer.expectText("PONG")
	}
	writer.binary(publishV1("t1", "a.b", sentinel+sentinel))
	for range listeners {
		require.NoError(b, <-ended)
	}
}

// sentinel is in no message before the last, which has it twice: however that
// is cut, one piece has it whole.
var sentinel = strings.Repeat("\xee", 32)

// readUntilSentinel reads in large pieces: the client should cost little.
func (c *client) readUntilSentinel() error {
	buffer := make([]byte, 64<<10)
	for {
		n, err := c.br.Read(buffer)
		if bytes.Contains(buffer[:n], []byte(sentinel)) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}
