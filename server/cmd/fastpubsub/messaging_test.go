package main

import (
	"os/exec"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// subscriber starts sub and waits until it is subscribed.
func (s *server) subscriber(t *testing.T, args ...string) *process {
	t.Helper()
	p := start(t, exec.Command(binary, append([]string{"sub"}, args...)...), s.variables()...)
	p.says("subscribed to")
	return p
}

var commandLine = regexp.MustCompile(`^FASTPUBSUB_TOKEN=.* (sub|pub) `)

// CL-5: the lines that --dev prints work as they are, in another terminal.
func TestLinesToCopy(t *testing.T) {
	s := start(t, exec.Command(binary, "serve", "--dev", "--http-addr=127.0.0.1:0", "--grpc-addr=127.0.0.1:0"))
	var lines []string
	for len(lines) < 2 {
		if line := s.says(""); commandLine.MatchString(line) {
			lines = append(lines, line)
		}
	}
	subscribe := exec.Command("sh", "-c", "exec env "+lines[0])
	subscribe.Dir = t.TempDir()
	subscriber := start(t, subscribe)
	subscriber.says("subscribed to")
	published := shell(t, lines[1])
	assert.Equal(t, result{}, published)
	assert.Equal(t, "hello", subscriber.line())
}

// CL-10, CL-11, CL-13, CL-14: pub and sub over both transports.
func TestPublishAndSubscribe(t *testing.T) {
	s := serve(t, "--dev")
	for _, url := range []string{"ws://" + s.HTTP + "/ws", "ws://" + s.HTTP, "grpc://" + s.GRPC} {
		subscriber := s.subscriber(t, "--url="+url, "--count=3", "orders.#")
		assert.Equal(t, result{}, run(t, s.variables(), "", "pub", "--url="+url, "orders.new", "one"))
		assert.Equal(t, result{}, run(t, s.variables(), "two\nthree\n", "pub", "--url="+url, "--lines", "orders.new"))
		for _, want := range []string{"one", "two", "three"} {
			assert.Equal(t, want, subscriber.line())
		}
		assert.Equal(t, 0, subscriber.ends())
	}
}

// CL-9: with clients that do not move, draining takes until its timeout; a second
// signal ends it at once.
func TestSecondSignalEndsAtOnce(t *testing.T) {
	s := serve(t, "--dev", "--drain-timeout=1h")
	s.subscriber(t, "a")
	s.signal(syscall.SIGTERM)
	s.says("draining for up to 1h; once more ends at once")
	s.signal(syscall.SIGINT)
	assert.Equal(t, 130, s.ends())
	assert.NoFileExists(t, s.file)
}

func TestDrainEndsWithItsTimeout(t *testing.T) {
	s := serve(t, "--dev", "--drain-timeout=100ms")
	subscriber := s.subscriber(t, "a")
	s.signal(syscall.SIGTERM)
	assert.Equal(t, 0, s.ends(), s.seen.String())
	subscriber.says("connection lost, reconnecting: DRAINING")
	subscriber.signal(syscall.SIGINT)
	assert.Equal(t, 130, subscriber.ends())
}

// CL-12, TK-10: a token's life.
func TestTokenLifecycle(t *testing.T) {
	s := serve(t, "--dev")
	created := run(t, s.variables(), "", "token", "create", "--tenant=my-tenant", "--sub=a.#")
	require.Equal(t, 0, created.code, created.stderr)
	token := strings.TrimSpace(created.stdout)
	assert.Regexp(t, `^AT_[0-9a-f]{32}_[0-9a-f]{32}$`, token)

	subscriber := s.subscriber(t, "--token="+token, "--tenant=my-tenant", "a.b")
	refused := run(t, s.variables(), "", "pub", "--token="+token, "--tenant=my-tenant", "a.b", "x")
	assert.Equal(t, 1, refused.code)
	assert.Contains(t, refused.stderr, "PUBLISH_DENIED")

	listed := run(t, s.variables(), "", "token", "list")
	assert.Contains(t, listed.stdout, token[3:35])
	assert.NotContains(t, listed.stdout, token)
	assert.Equal(t, 0, run(t, s.variables(), "", "token", "refresh", token, "--expires-in=2h").code)
	assert.Equal(t, 0, run(t, s.variables(), "", "token", "revoke", token[3:35]).code)
	assert.Equal(t, 1, subscriber.ends())
	assert.Contains(t, subscriber.seen.String(), "TOKEN_REVOKED")
}

// CL-7: a server that was killed has its tokens again.
func TestTokensSurviveAKill(t *testing.T) {
	data := t.TempDir()
	killed := serve(t, "--data-dir="+data)
	killed.MasterToken = masterToken
	created := run(t, killed.variables(), "", "token", "create", "--sub=#", "--pub=#")
	require.Equal(t, 0, created.code, created.stderr)
	killed.signal(syscall.SIGKILL)
	assert.Equal(t, -1, killed.ends())
	assert.FileExists(t, killed.file, "nobody was left to remove it")

	again := serve(t, "--data-dir="+data)
	again.AccessToken = strings.TrimSpace(created.stdout)
	subscriber := again.subscriber(t, "--count=1", "a")
	assert.Equal(t, result{}, run(t, again.variables(), "", "pub", "a", "still there"))
	assert.Equal(t, "still there", subscriber.line())
	assert.Equal(t, 0, subscriber.ends())
}
