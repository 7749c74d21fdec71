package scenario

import (
	"io"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fastpubsub/fastpubsub/conformance/internal/driver"
	conformancev1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/conformance/v1"
)

func TestAnEnvironmentsPatienceEndsACase(t *testing.T) {
	e, err := NewEnvironment("", &Remote{WebSocketURL: "ws://127.0.0.1:1/ws"}, func(w io.Writer, events func(*conformancev1.Event)) (*driver.Driver, error) {
		return driver.StartInProcess(script{}.serve(w), events)
	})
	require.NoError(t, err)
	defer func() { require.NoError(t, e.Close()) }()
	assert.Equal(t, DefaultPatience, e.patience())
	e.Patience = 20 * time.Millisecond
	outcome := e.Run(Case{Name: "a/b", Run: func(s *S) {
		c, _ := s.StartOpen(Opening{URL: "ws://127.0.0.1:1", Token: "AT_1_2"})
		c.ExpectStates(Connected)
	}}, WebSocket)
	assert.Equal(t, Failed, outcome.Verdict)
	assert.Contains(t, outcome.Message, "did not report CLIENT_STATE_CONNECTED")
}
