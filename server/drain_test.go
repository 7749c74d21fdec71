package server_test

import (
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc/codes"
)

func reasonOfProblem(t *testing.T, response *http.Response) string {
	t.Helper()
	defer response.Body.Close()
	var problem struct{ Reason string }
	require.NoError(t, json.NewDecoder(response.Body).Decode(&problem))
	return problem.Reason
}

// TestDrain asks every client to move, keeps delivering to those that stay, and
// refuses new ones (DL-10, LP-20, SF-17, RS-11, OP-3).
func TestDrain(t *testing.T) {
	c := testConfig()
	c.DrainTimeout = time.Hour
	s, _ := start(t, c)
	token := createToken(t, s, grant("t", "#", "#"))
	llps := llpsText{dialWebSocket(t, s, token, "llps.v1")}
	require.Empty(t, llps.subscribe(t, "t", "a.#"))
	onWebSocket := newSessionWire(t, webSocketFrames{dialWebSocket(t, s, token, "fastpubsub.v1")})
	stream := dialGRPCSession(t, s, token)
	onGRPC := newSessionWire(t, stream)
	code, answer := rest(t, s, "POST", "/v1/drain", masterToken, "")
	require.Equal(t, 200, code, answer)
	require.EqualValues(t, 3, answer["connections"])

	assert.Equal(t, "RECONNECT", read(t, llps.Conn))
	for name, w := range map[string]sessionWire{"websocket": onWebSocket, "grpc": onGRPC} {
		goAway := w.receive(t).GetGoAway()
		require.NotNil(t, goAway, name)
		assert.Equal(t, "ERROR_REASON_DRAINING", goAway.GetReason().String())
		assert.Equal(t, time.Hour, goAway.GetTimeUntilClose().AsDuration())
	}
	assert.Equal(t, "DRAINING", refusedUpgrade(t, s, token))
	status, _ := get(t, "http://"+s.HTTPAddr()+"/readyz")
	assert.Equal(t, 503, status)
	status, _ = get(t, "http://"+s.HTTPAddr()+"/healthz")
	assert.Equal(t, 200, status)
	require.Empty(t, onGRPC.publish(t, "t", "a.b", []byte("still here")))
	assert.Equal(t, "...t..a.b....still here....a.#", readLLPS(t, llps.Conn))
}

// TestDrainClosesWhatIsLeft when the time is over (DL-10).
func TestDrainClosesWhatIsLeft(t *testing.T) {
	c := testConfig()
	c.DrainTimeout = 200 * time.Millisecond
	s, run := start(t, c)
	live := connections(t, s, createToken(t, s, grant("t", "#", "#")))
	began := time.Now()
	s.Drain()
	assertClosed(t, live, "DRAINING", int(websocket.StatusGoingAway), codes.Unavailable)
	assert.GreaterOrEqual(t, time.Since(began), c.DrainTimeout)
	assert.NoError(t, <-run)
}

// TestDrainEndsWhenClientsHaveMoved does not wait for the timeout (DL-10).
func TestDrainEndsWhenClientsHaveMoved(t *testing.T) {
	s, run := start(t, testConfig())
	llps := llpsText{dialWebSocket(t, s, createToken(t, s, grant("t", "#", "#")), "llps.v1")}
	require.Empty(t, llps.subscribe(t, "t", "a"))
	s.Drain()
	assert.Equal(t, "RECONNECT", read(t, llps.Conn))
	require.NoError(t, llps.Close(websocket.StatusNormalClosure, ""))
	assert.NoError(t, <-run)
}
