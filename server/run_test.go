package server_test

import (
	"context"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
	"google.golang.org/protobuf/types/known/timestamppb"

	fastpubsubv1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/v1"
	"github.com/fastpubsub/fastpubsub/server"
)

// TestMain finds goroutines that outlive the servers (OP-11).
func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const masterToken = "a master token for tests"

// testConfig is a server on free ports of the loopback interface, with tokens in
// memory.
func testConfig() server.Config {
	c := server.DefaultConfig()
	c.HTTPAddr, c.GRPCAddr, c.DataDir = "127.0.0.1:0", "127.0.0.1:0", ""
	c.MasterTokens = []server.Secret{server.NewSecret(masterToken)}
	return c
}

// start runs a server until the test ends; run gives what Run returned.
func start(t *testing.T, c server.Config) (s *server.Server, run <-chan error) {
	t.Helper()
	s, err := server.New(c)
	require.NoError(t, err)
	return s, serve(t, s)
}

// serve runs a server until the test ends, and gives what Run returned.
func serve(t *testing.T, s *server.Server) <-chan error {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	result, ended := make(chan error, 1), make(chan struct{})
	go func() {
		result <- s.Run(ctx)
		close(ended)
	}()
	t.Cleanup(func() {
		cancel()
		<-ended
	})
	select {
	case <-s.Ready():
	case err := <-result:
		t.Fatalf("the server did not start: %v", err)
	}
	return result
}

// grant is a right of an hour.
func grant(tenant, pub, sub string) *fastpubsubv1.Right {
	return &fastpubsubv1.Right{
		TenantGrants: []*fastpubsubv1.TenantGrant{{TenantIds: []string{tenant}, AllowChannelsPub: []string{pub}, AllowChannelsSub: []string{sub}}},
		ExpiresAt:    timestamppb.New(time.Now().Add(time.Hour)),
	}
}

func createToken(t *testing.T, s *server.Server, right *fastpubsubv1.Right) string {
	t.Helper()
	created, err := s.CreateToken(t.Context(), &fastpubsubv1.CreateTokenRequest{Right: right})
	require.NoError(t, err)
	return created.GetToken()
}

func get(t *testing.T, url string) (status int, body string) {
	t.Helper()
	response, err := http.Get(url)
	require.NoError(t, err)
	defer response.Body.Close()
	data, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	http.DefaultClient.CloseIdleConnections()
	return response.StatusCode, string(data)
}

// TestRunAndDrain serves, drains, and ends without an error (OP-3, RS-6, DL-10).
func TestRunAndDrain(t *testing.T) {
	s, run := start(t, testConfig())
	status, body := get(t, "http://"+s.HTTPAddr()+"/ping")
	assert.Equal(t, 200, status)
	assert.Equal(t, "pong", body)
	status, _ = get(t, "http://"+s.HTTPAddr()+"/readyz")
	assert.Equal(t, 200, status)
	status, body = get(t, "http://"+s.MetricsAddr()+"/metrics")
	assert.Equal(t, 200, status)
	assert.Contains(t, body, "fastpubsub_build_info")
	s.Drain()
	s.Drain()
	assert.NoError(t, <-run)
}
