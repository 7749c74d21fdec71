package cli

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// CL-10: the payload is the argument, standard input, or each of its lines.
func TestPub(t *testing.T) {
	server := startDev(t)
	tests := []struct {
		title      string
		invocation invocation
		want       []string
	}{
		{"argument", server.client("pub", "a.b", "hello"), []string{"hello"}},
		{"empty argument", server.client("pub", "a.b", ""), []string{""}},
		{"gRPC", server.overGRPC(server.client("pub", "a.b", "hello")), []string{"hello"}},
		{"standard input", server.client("pub", "a.b").input("one message"), []string{"one message"}},
		{"a dash", server.client("pub", "a.b", "-").input("one message"), []string{"one message"}},
		{"lines", server.client("pub", "--lines", "a.b").input("1\n2\r\n\n4"), []string{"1", "2", "", "4"}},
		{"lines and a dash", server.client("pub", "--lines", "a.b", "-").input("1\n2\n"), []string{"1", "2"}},
		{"lines without acknowledgement", server.client("pub", "--lines", "--no-ack", "a.b").input("1\n2\n"), []string{"1", "2"}},
		{"without acknowledgement", server.client("pub", "--no-ack", "a.b", "x"), []string{"x"}},
		{"to one", server.client("pub", "--delivery=low-latency", "a.b", "x"), []string{"x"}},
		{"to one at random", server.client("pub", "--delivery=random", "a.b", "x"), []string{"x"}},
		{"to a tenant", server.client("pub", "--tenant=my-tenant", "a.b", "x"), nil},
		{"a payload that looks like a flag", server.client("pub", "a.b", "--", "--lines"), []string{"--lines"}},
	}
	for _, test := range tests {
		t.Run(test.title, func(t *testing.T) {
			subscriber := server.subscriber(t, "a.b")
			got := test.invocation.run(t)
			assert.Equal(t, outcome{code: exitDone}, got)
			for _, want := range test.want {
				assert.Equal(t, want, subscriber.line())
			}
			assert.Equal(t, exitDone, server.client("pub", "a.b", "the last").run(t).code)
			assert.Equal(t, "the last", subscriber.line(), "nothing else came")
		})
	}
}

// DL-6: exactly one subscriber gets it.
func TestPubToOne(t *testing.T) {
	server := startDev(t)
	first, second := server.subscriber(t, "--count=1", "a.b"), server.subscriber(t, "--count=1", "a.b")
	for range 2 {
		assert.Equal(t, exitDone, server.client("pub", "--delivery=random", "a.b", "x").run(t).code)
	}
	assert.Equal(t, exitDone, server.client("pub", "a.b", "x").run(t).code, "whoever got none ends with this one")
	for _, subscriber := range []*running{first, second} {
		assert.Equal(t, "x", subscriber.line())
		assert.Equal(t, exitDone, subscriber.ends())
	}
}

func TestPubThatIsRefused(t *testing.T) {
	server := startDev(t)
	tests := []struct {
		invocation invocation
		code       int
		want       string
	}{
		{command("pub"), exitWrongUse, "pub needs a channel"},
		{command("pub", "a.b", "two", "words"), exitWrongUse, "pub takes one channel and one payload, not 3 arguments"},
		{command("pub", "a.b", "x"), exitWrongUse, "token: got nothing; accepts an access token, from --token or FASTPUBSUB_TOKEN"},
		{server.client("pub", "--lines", "a.b", "x"), exitWrongUse, "--lines publishes standard input"},
		{server.client("pub", "a.*", "x"), exitWrongUse, `channel "a.*"`},
		{server.client("pub", "--tenant=a b", "a", "x"), exitWrongUse, `tenant "a b"`},
		{server.client("pub", "--delivery=all", "a", "x"), exitWrongUse, "accepts broadcast, low-latency or random"},
		{server.client("pub", "--url=http://x", "a", "x"), exitWrongUse, "accepts ws://, wss://, grpc:// or grpcs://"},
		{server.client("pub", "--ca-file=/nonexistent", "a", "x"), exitWrongUse, "ca-file: open /nonexistent"},
		{server.client("pub", "--cert-file=x", "a", "x"), exitWrongUse, "cert-file and key-file: got one of them"},
		{server.client("pub", "--tenant=other", "a.b", "x"), exitFailed, "PUBLISH_DENIED"},
		{server.client("pub", "--tenant=other", "--no-ack", "a.b", "x"), exitFailed, "PUBLISH_DENIED"},
		{server.client("pub", "--tenant=other", "--lines", "a.b").input("x\ny\n"), exitFailed, "line 1: PUBLISH_DENIED"},
		{server.client("pub", "a.b").input(strings.Repeat("x", 65536)), exitFailed, "PAYLOAD_TOO_LARGE"},
		{server.client("pub", "a.b").input(strings.Repeat("x", maxPayloadBytes+1)), exitFailed, "PAYLOAD_TOO_LARGE"},
		{server.client("pub", "--lines", "a.b").input("ok\n" + strings.Repeat("x", 65536)), exitFailed, "line 2: PAYLOAD_TOO_LARGE"},
		{server.client("pub", "--token="+someAccessToken, "a.b", "x"), exitFailed, "TOKEN_INVALID"},
		{server.client("pub", "--timeout=1s", "--url=ws://127.0.0.1:1/ws", "a.b", "x"), exitFailed, "connection refused"},
		{server.client("pub", "--timeout=1s", "--url=ws://127.0.0.1:1/ws", "a.b", "x"), exitFailed, "is the server running?"},
		{server.client("pub", "--timeout=1s", "--url=grpc://127.0.0.1:1", "a.b", "x"), exitFailed, "connection refused"},
	}
	for _, test := range tests {
		got := test.invocation.run(t)
		assert.Equal(t, test.code, got.code, test.want)
		assert.Contains(t, got.stderr, test.want)
		assert.Empty(t, got.stdout)
		assert.NotContains(t, got.stderr, "fedcba9876543210", "the secret of the token")
	}
}

// CL-15: an interrupted command ends with 130, also while it waits for input.
func TestPubThatIsInterrupted(t *testing.T) {
	server := startDev(t)
	subscriber := server.subscriber(t, "a.b")
	for _, args := range [][]string{{"pub", "a.b"}, {"pub", "--lines", "a.b"}} {
		publisher := server.client(args...).start(t)
		if args[1] == "--lines" {
			_, err := publisher.stdin.Write([]byte("a line\n"))
			assert.NoError(t, err)
			assert.Equal(t, "a line", subscriber.line(), "a line goes out as it comes")
		}
		publisher.interrupt()
		assert.Equal(t, exitInterrupted, publisher.ends())
		assert.Empty(t, publisher.seen.String())
	}
}
