package relay

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/fastpubsub/fastpubsub/conformance/internal/testserver"
	fastpubsub "github.com/fastpubsub/fastpubsub/sdk-go"
)

// connect connects a client through the relay, and gives what its state is told.
func connect(t *testing.T, url, token string) (*fastpubsub.Client, <-chan fastpubsub.State) {
	states := make(chan fastpubsub.State, 100)
	c, err := fastpubsub.Connect(t.Context(), url, fastpubsub.WithToken(token),
		fastpubsub.WithStateHandler(func(s fastpubsub.Status) { states <- s.State }))
	require.NoError(t, err)
	return c, states
}

// TestMove passes sessions on and asks clients to move, who go on as they were.
func TestMove(t *testing.T) {
	defer goleak.VerifyNone(t)
	binary, err := testserver.Build(t.TempDir(), false)
	require.NoError(t, err)
	server, err := testserver.Start(testserver.Options{Binary: binary, Log: t.Output()})
	require.NoError(t, err)
	defer server.Kill()
	r, err := New(server.HTTP, server.GRPC)
	require.NoError(t, err)
	defer r.Close()
	for _, url := range []string{"ws://" + r.HTTPAddr() + "/ws", "grpc://" + r.GRPCAddr()} {
		c, states := connect(t, url, server.AccessToken)
		sub, err := c.Subscribe(t.Context(), "", "relay")
		require.NoError(t, err)
		r.Move(time.Second, time.Millisecond)
		assert.Equal(t, 1, r.Leaving())
		for sent := 0; r.Leaving() > 0; sent++ {
			require.NoError(t, c.Publish(t.Context(), "", "relay", []byte{byte(sent)}))
			m, err := sub.Next(t.Context())
			require.NoError(t, err)
			assert.Equal(t, []byte{byte(sent)}, m.Payload)
		}
		require.NoError(t, c.Close(context.WithoutCancel(t.Context())))
		assert.Equal(t, []fastpubsub.State{fastpubsub.StateConnecting, fastpubsub.StateConnected, fastpubsub.StateClosed},
			[]fastpubsub.State{<-states, <-states, <-states})
	}
	assert.Positive(t, r.PublishFrames())
}

// TestRefusal lets the client see the server's own reason.
func TestRefusal(t *testing.T) {
	defer goleak.VerifyNone(t)
	refusing := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/problem+json")
		w.WriteHeader(http.StatusUnauthorized)
		_, _ = w.Write([]byte(`{"reason":"TOKEN_REVOKED","detail":"gone"}`))
	}))
	defer refusing.Close()
	r, err := New(refusing.Listener.Addr().String(), "127.0.0.1:1")
	require.NoError(t, err)
	defer r.Close()
	_, err = fastpubsub.Connect(t.Context(), "ws://"+r.HTTPAddr()+"/ws", fastpubsub.WithToken("AT_a_b"))
	assert.ErrorIs(t, err, fastpubsub.ReasonTokenRevoked)
}
