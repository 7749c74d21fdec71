package server_test

import (
	"bytes"
	"io"
	"log/slog"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// journal is a log that several goroutines write.
type journal struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.Write(p)
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.String()
}

// TestLogsCarryNoSecret looks for the secrets of everything that happened in the
// most talkative log (OP-10, TK-2).
func TestLogsCarryNoSecret(t *testing.T) {
	c, log := testConfig(), new(journal)
	c.Logger = slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug - 4}))
	s, run := start(t, c)
	token := createToken(t, s, grant("t", "#", "#"))
	secret := strings.Split(token, "_")[2]
	for _, w := range dialWires(t, s, token) {
		w.subscribe(t, "t", "a.*.*x")
		w.publish(t, "t", "a", []byte(secret))
	}
	require.Equal(t, "TOKEN_INVALID", refusedUpgrade(t, s, token+"0"))
	for _, body := range []string{`{"token":"` + token + `x"}`, `{"token":"` + token + `"}`, `{"token":`} {
		rest(t, s, "DELETE", "/v1/revoke-token", masterToken, body)
	}
	rest(t, s, "POST", "/v1/get-token", masterToken+" wrong", "{}")
	s.Drain()
	require.NoError(t, <-run)
	assert.Contains(t, log.String(), tokenID(token), "the log tells of the token, by its id")
	assert.NotContains(t, log.String(), secret)
	assert.NotContains(t, log.String(), masterToken)
}

// TestTimeToAuthenticate ends connections that say nothing, on both ports
// (LM-9).
func TestTimeToAuthenticate(t *testing.T) {
	c := testConfig()
	c.AuthTimeout = 200 * time.Millisecond
	s, _ := start(t, c)
	for name, address := range map[string]string{"http": s.HTTPAddr(), "grpc": s.GRPCAddr()} {
		began := time.Now()
		silent, err := net.Dial("tcp", address)
		require.NoError(t, err)
		_, err = io.Copy(io.Discard, silent)
		_ = err // a reset is as good an end as any
		assert.GreaterOrEqual(t, time.Since(began), c.AuthTimeout, name)
		assert.Less(t, time.Since(began), 10*time.Second, name)
		require.NoError(t, silent.Close())
	}
}
