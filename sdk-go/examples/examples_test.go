// Package examples runs each example as a program of its own against the real
// server.
package examples

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	fastpubsub "github.com/fastpubsub/fastpubsub/sdk-go"
	"github.com/fastpubsub/fastpubsub/server"
)

const (
	masterToken = "a master token for tests"
	// patience is long enough for a busy machine; no example takes that long
	// otherwise.
	patience = time.Minute
)

// Every example prints what it promises, over both transports: SDK-1, SDK-3,
// SDK-4; SDK-18 for many subscriptions; SDK-11 for the slow consumer.
func TestExamples(t *testing.T) {
	programs, node := build(t), start(t)
	for transport, url := range node.urls {
		t.Run(transport, func(t *testing.T) {
			run := func(t *testing.T, name string) (printed []string, logged string) {
				t.Helper()
				return node.run(t, url, filepath.Join(programs, name))
			}
			t.Run("quickstart", func(t *testing.T) {
				printed, _ := run(t, "quickstart")
				assert.Equal(t, []string{"orders.eu: hello"}, printed)
			})
			t.Run("manysubscriptions", func(t *testing.T) {
				printed, _ := run(t, "manysubscriptions")
				assert.ElementsMatch(t, []string{"rooms.3.chat: hello", "rooms.14.chat: hello", "rooms.15.chat: hello"}, printed)
			})
			t.Run("slowconsumer", func(t *testing.T) {
				printed, _ := run(t, "slowconsumer")
				assert.Equal(t, []string{"missed: 90", "90", "91", "92", "93", "94", "95", "96", "97", "98", "99"}, printed)
			})
			t.Run("publishing", func(t *testing.T) { assertPublished(t, node, url, run) })
			t.Run("tokensource", func(t *testing.T) { assertRenewed(t, run) })
		})
	}
}

type runFunc func(t *testing.T, name string) (printed []string, logged string)

// What the example says that it has published, a subscriber gets (SDK-5).
func assertPublished(t *testing.T, node *node, url string, run runFunc) {
	client, err := fastpubsub.Connect(t.Context(), url, fastpubsub.WithToken(node.token))
	require.NoError(t, err)
	all, err := client.Subscribe(t.Context(), "my-tenant", "#")
	require.NoError(t, err)
	printed, _ := run(t, "publishing")
	assert.Equal(t, []string{
		"one acknowledged", "1000 acknowledged, all in flight at once", "one to a random listener", "1000 without acknowledgement",
	}, printed)
	require.NoError(t, all.Unsubscribe(t.Context()))
	received := map[string]int{}
	for message, err := range all.Messages(t.Context()) {
		require.NoError(t, err)
		received[message.Channel]++
	}
	assert.Equal(t, map[string]int{"orders.eu": 1001, "jobs": 1, "ticks": 1000}, received)
	require.NoError(t, client.Close(t.Context()))
}

// The source is asked again (SDK-2).
func assertRenewed(t *testing.T, run runFunc) {
	printed, logged := run(t, "tokensource")
	assert.Equal(t, []string{"published with a token that was renewed"}, printed)
	assert.GreaterOrEqual(t, strings.Count(logged, "fresh token: "), 2, logged)
}

// build builds all examples and gives the folder that they are in.
func build(t *testing.T) string {
	t.Helper()
	folder := t.TempDir()
	out, err := exec.CommandContext(t.Context(), "go", "build", "-o", folder, "./...").CombinedOutput()
	require.NoError(t, err, string(out))
	return folder
}

// node is a server, and an access token for everything in the tenant of the
// examples.
type node struct {
	urls  map[string]string // by transport
	http  string
	token string
}

// start serves until the test ends.
func start(t *testing.T) *node {
	t.Helper()
	config := server.DefaultConfig()
	config.HTTPAddr, config.GRPCAddr, config.DataDir = "127.0.0.1:0", "127.0.0.1:0", ""
	config.MasterTokens = []server.Secret{server.NewSecret(masterToken)}
	s, err := server.New(config)
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		assert.ErrorIs(t, <-ended, context.Canceled)
	})
	<-s.Ready()
	n := &node{http: "http://" + s.HTTPAddr(), urls: map[string]string{
		"websocket": "ws://" + s.HTTPAddr() + "/ws", "grpc": "grpc://" + s.GRPCAddr(),
	}}
	n.createToken(t)
	return n
}

func (n *node) createToken(t *testing.T) {
	t.Helper()
	tokens, err := fastpubsub.NewTokenClient(n.http, masterToken)
	require.NoError(t, err)
	defer tokens.Close()
	created, err := tokens.Create(t.Context(), fastpubsub.TokenRequest{Right: fastpubsub.Right{
		TenantGrants: []fastpubsub.TenantGrant{{
			TenantIDs: []string{"my-tenant"}, AllowChannelsPub: []string{"#"}, AllowChannelsSub: []string{"#"},
		}},
		ExpiresAt: time.Now().Add(time.Hour),
	}})
	require.NoError(t, err)
	n.token = created.Token()
}

// run runs a program to its end, which must be a good one, and gives what it
// printed and what it logged.
func (n *node) run(t *testing.T, url, program string) (printed []string, logged string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	var stdout, stderr bytes.Buffer
	command := exec.CommandContext(ctx, program)
	command.Env = append(os.Environ(), "FASTPUBSUB_URL="+url, "FASTPUBSUB_TOKEN="+n.token,
		"FASTPUBSUB_SERVER="+n.http, "FASTPUBSUB_MASTER_TOKEN="+masterToken)
	command.Stdout, command.Stderr = &stdout, &stderr
	require.NoError(t, command.Run(), "%s%s", stdout.String(), stderr.String())
	return strings.Split(strings.TrimSpace(stdout.String()), "\n"), stderr.String()
}
