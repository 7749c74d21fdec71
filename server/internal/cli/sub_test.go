package cli

import (
	"encoding/json"
	"io"
	"log"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// CL-11: payloads, one a line; JSON; raw; ending after a count.
func TestSubForms(t *testing.T) {
	server := startDev(t)
	before := time.Now()
	lines := server.subscriber(t, "--count=2", "news.#")
	raw := server.subscriber(t, "--count=2", "--raw", "news.#")
	objects := server.subscriber(t, "--count=2", "--json", "--tenant=~", "news.*", "news.#", "news.*", "other")
	overGRPC := server.overGRPC(server.client("sub", "--count=2", "news.#")).start(t)
	overGRPC.says("subscribed to")

	assert.Equal(t, exitDone, server.client("pub", "news.a", "text").run(t).code)
	assert.Equal(t, exitDone, server.client("pub", "news.b.c").input("\xff\x00").run(t).code)

	for _, subscriber := range []*running{lines, overGRPC} {
		assert.Equal(t, "text", subscriber.line())
		assert.Equal(t, "\xff\x00", subscriber.line())
		assert.Equal(t, exitDone, subscriber.ends())
	}
	bytes := make([]byte, len("text\xff\x00"))
	for read := 0; read < len(bytes); {
		n, err := raw.stdout.Read(bytes[read:])
		require.NoError(t, err)
		read += n
	}
	assert.Equal(t, "text\xff\x00", string(bytes))
	assert.Equal(t, exitDone, raw.ends())

	var first, second receivedJSON
	require.NoError(t, json.Unmarshal([]byte(objects.line()), &first))
	require.NoError(t, json.Unmarshal([]byte(objects.line()), &second))
	assert.Equal(t, exitDone, objects.ends())
	assert.WithinRange(t, first.PublishedAt, before, time.Now())
	assert.NotEmpty(t, first.MessageID)
	assert.NotEqual(t, first.MessageID, second.MessageID)
	first.PublishedAt, first.MessageID, second.PublishedAt, second.MessageID = time.Time{}, "", time.Time{}, ""
	assert.Equal(t, receivedJSON{Tenant: "~", Channel: "news.a", Payload: "text", Patterns: []string{"news.*", "news.#"}}, first)
	assert.Equal(t, receivedJSON{Tenant: "~", Channel: "news.b.c", Payload: "/wA=", Encoding: "base64", Patterns: []string{"news.#"}}, second)
}

// A message that matches several patterns is printed once, in order.
func TestSubWithManyPatterns(t *testing.T) {
	server := startDev(t)
	subscriber := server.subscriber(t, "a.#", "a.b", "#", ">")
	assert.Equal(t, exitDone, server.client("pub", "--lines", "a.b").input("1\n2\n3\n").run(t).code)
	for _, want := range []string{"1", "2", "3"} {
		assert.Equal(t, want, subscriber.line())
	}
	assert.Equal(t, exitDone, server.client("pub", "z", "the last").run(t).code)
	assert.Equal(t, "the last", subscriber.line())
}

func TestSubThatIsRefused(t *testing.T) {
	server := startDev(t)
	tests := []struct {
		invocation invocation
		code       int
		want       []string
	}{
		{command("sub"), exitWrongUse, []string{"sub needs a pattern"}},
		{server.client("sub", "--json", "--raw", "a"), exitWrongUse, []string{"--json and --raw exclude each other"}},
		{server.client("sub", "a..b", "a", "*b"), exitWrongUse, []string{`pattern "a..b"`, `pattern "*b"`}},
		{server.client("sub", "--count=-1", "a"), exitWrongUse, []string{"count: got \"-1\""}},
		{server.client("sub", "--tenant=other", "a"), exitFailed, []string{"cannot subscribe to a: SUBSCRIBE_DENIED"}},
		{server.client("sub", "--token="+someAccessToken, "a"), exitFailed, []string{"TOKEN_INVALID", "token create"}},
	}
	for _, test := range tests {
		got := test.invocation.run(t)
		assert.Equal(t, test.code, got.code, test.want)
		assert.Empty(t, got.stdout)
		for _, want := range test.want {
			assert.Contains(t, got.stderr, want)
		}
	}
}

func TestSubThatIsInterrupted(t *testing.T) {
	server := startDev(t)
	subscriber := server.subscriber(t, "a")
	subscriber.interrupt()
	assert.Equal(t, exitInterrupted, subscriber.ends())
}

// TK-10: a client whose token is revoked ends, and says why.
func TestSubWithARevokedToken(t *testing.T) {
	server := startDev(t)
	token := strings.TrimSpace(server.client("token", "create", "--sub=#").run(t).stdout)
	subscriber := server.subscriber(t, "--token="+token, "a")
	assert.Equal(t, exitDone, server.client("token", "revoke", token).run(t).code)
	assert.Equal(t, exitFailed, subscriber.ends())
	assert.Contains(t, subscriber.seen.String(), "TOKEN_REVOKED")
	assert.NotContains(t, subscriber.seen.String(), token)
}

// CL-11: a lost connection is made again, and standard error says so.
func TestSubReconnects(t *testing.T) {
	data := t.TempDir()
	first := startDev(t, "--data-dir="+data, "--drain-timeout=0")
	var current atomic.Pointer[devServer]
	current.Store(first)
	address := httptest.NewServer(&httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(&url.URL{Scheme: "http", Host: current.Load().HTTP})
	}, ErrorLog: log.New(io.Discard, "", 0)})
	defer address.Close()
	subscriber := first.client("sub", "news.#").with("FASTPUBSUB_URL=ws" + strings.TrimPrefix(address.URL, "http") + "/ws").start(t)
	subscriber.says("subscribed to")
	first.signals <- os.Interrupt
	first.signals <- os.Interrupt
	<-first.code
	subscriber.says("connection lost, reconnecting: ")

	second := startDev(t, "--data-dir="+data)
	current.Store(second)
	subscriber.says("connected again")
	assert.Equal(t, exitDone, second.client("pub", "news.a", "after").run(t).code)
	assert.Equal(t, "after", subscriber.line())
	subscriber.interrupt()
	assert.Equal(t, exitInterrupted, subscriber.ends())
}

// DL-8: messages that a slow reader loses are said to be missing. It reads one
// line of as many as its subscription's buffer holds twice.
func TestSubThatReadsTooSlowly(t *testing.T) {
	server := startDev(t, "--max-queue-bytes=1GiB", "--max-queue-messages=1000000")
	subscriber := server.subscriber(t, "a")
	missing := make(chan error, 1)
	go func() {
		for {
			line, err := subscriber.stderr.ReadString('\n')
			if err != nil || strings.Contains(line, "messages are missing: lagged by ") {
				missing <- err
				return
			}
		}
	}()
	line := strings.Repeat("x", 10_000) + "\n"
	lines := strings.Repeat(line, 2*8<<20/len(line))
	for {
		require.Equal(t, exitDone, server.client("pub", "--lines", "a").input(lines).run(t).code)
		subscriber.line()
		select {
		case err := <-missing:
			require.NoError(t, err)
			return
		default:
		}
	}
}
