package websocket

import (
	"crypto/tls"
	"net"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fastpubsub/fastpubsub/server/internal/transport/wsframe"
)

// OP-6: over TLS, where nothing can be read ahead and pieces are copied, all is
// as it is without.
func TestTLS(t *testing.T) {
	plain, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	s := serve(t, tls.NewListener(plain, certified()))
	raw, err := tls.Dial("tcp", s.addr, trusting())
	require.NoError(t, err)
	c := s.client(raw).upgrade("llps.v1", goodToken)
	c.text("SUB:t1:a")
	c.expectText("OK:SUB:t1:a")
	var burst []byte
	var want []string
	for _, size := range []int{0, 1, 100, 500, 5000, 20000, 65535, 3} {
		payload := strings.Repeat("x", size)
		burst = append(burst, clientFrame(true, wsframe.Binary, publishV1("t1", "a", payload))...)
		want = append(want, deliver("t1", "a", payload, "a"))
	}
	c.send(burst)
	for _, message := range want {
		c.expect(wsframe.Binary, message)
	}
	c.text("what")
	c.expectText("ERR:frame_invalid")
	c.expectClose(1008, "FRAME_INVALID: ")
}
