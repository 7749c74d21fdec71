package websocket

import (
	"crypto/sha1" //nolint:gosec // the handshake's (RFC 6455)
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fastpubsub/fastpubsub/sdk-go/internal/certtest"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/fault"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/transport"
)

// upgradeAndSay upgrades, sends the bytes, and hangs up.
func upgradeAndSay(sent string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			return
		}
		sum := sha1.Sum([]byte(r.Header.Get("Sec-WebSocket-Key") + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")) //nolint:gosec // see above
		_, _ = fmt.Fprintf(conn, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"+
			"Sec-WebSocket-Protocol: %s\r\nSec-WebSocket-Accept: %s\r\n\r\n%s", subprotocol, base64.StdEncoding.EncodeToString(sum[:]), sent)
		_ = conn.Close()
	})
}

// A message of which the server has sent a part only is none, wherever the part ends.
func TestPartOfAMessage(t *testing.T) {
	authority := certtest.NewAuthority(t)
	header, first := "\x82\x7f\x00\x00\x00\x00\x00\x01\x00\x00", "\x02\x7f\x00\x00\x00\x00\x00\x01\x00\x00"
	for _, sent := range []string{
		"\x82\x02hi" + header,
		"\x82\x02hi" + header + strings.Repeat("x", bufferStart),
		"\x82\x02hi" + header + strings.Repeat("x", 1<<16-1),
		"\x82\x02hi" + first + strings.Repeat("x", 1<<16),
		"\x82\x02hi\x02\x00",
		"\x82\x02hi",
	} {
		for _, start := range []func(*httptest.Server){
			(*httptest.Server).Start,
			func(s *httptest.Server) { s.TLS = authority.Server(); s.StartTLS() },
		} {
			server := httptest.NewUnstartedServer(upgradeAndSay(sent))
			start(server)
			endpoint, err := transport.ParseEndpoint("ws" + strings.TrimPrefix(server.URL, "http"))
			require.NoError(t, err)
			security := transport.Security{}
			if endpoint.Secure {
				security.Roots = authority.Pool()
			}
			conn, err := NewDialer(endpoint, security).Dial(t.Context(), "token")
			require.NoError(t, err)
			message, err := conn.Receive()
			require.NoError(t, err)
			require.Equal(t, "hi", string(message))
			message, err = conn.Receive()
			require.Error(t, err, "%d bytes", len(message))
			assert.Equal(t, fault.ConnectionLost, fault.From(err).Reason)
			assert.ErrorIs(t, err, io.ErrUnexpectedEOF)
			conn.Abort()
			server.Close()
		}
	}
}
