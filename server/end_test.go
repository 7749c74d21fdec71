package server_test

import (
	"io"
	"net"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestDrainWaitsForNoSilentPeer ends at once when nothing is in progress: peers that
// say nothing, half a request, or a wrong token do not count (DL-10, OP-11).
func TestDrainWaitsForNoSilentPeer(t *testing.T) {
	s, run := start(t, testConfig())
	for _, address := range []string{s.GRPCAddr(), s.HTTPAddr(), s.HTTPAddr()} {
		conn, err := net.Dial("tcp", address)
		require.NoError(t, err)
		defer conn.Close()
	}
	for range 16 { // the last ones are held back for a second (TK-12)
		guess, err := net.Dial("tcp", s.HTTPAddr())
		require.NoError(t, err)
		defer guess.Close()
		_, err = io.WriteString(guess, "GET /v1/tokens HTTP/1.1\r\nHost: node\r\nAuthorization: Bearer a wrong master token\r\n\r\n")
		require.NoError(t, err)
	}
	slow, err := net.Dial("tcp", s.HTTPAddr())
	require.NoError(t, err)
	defer slow.Close()
	_, err = io.WriteString(slow, "POST /v1/get-token HTTP/1.1\r\nHost: node\r\nContent-Length: 100\r\nAuthorization: Bearer "+masterToken+"\r\n\r\n{")
	require.NoError(t, err)
	began := time.Now()
	code, answer := rest(t, s, http.MethodPost, "/v1/drain", masterToken, "")
	require.Equal(t, http.StatusOK, code, answer)
	require.NoError(t, <-run)
	assert.Less(t, time.Since(began), time.Second, "less than what any peer may take")
}
