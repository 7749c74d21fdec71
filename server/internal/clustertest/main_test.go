package main

import (
	"bufio"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

// TestMain finds goroutines that outlive the program's work.
func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// program is a run of the program.
type program struct {
	commands io.WriteCloser
	answers  *bufio.Scanner
	ended    <-chan error
}

func start(t *testing.T) *program {
	t.Helper()
	commands, in := io.Pipe()
	out, answers := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		err := run([]string{"-drain-timeout", "0s"}, commands, answers, t.Output())
		_ = answers.Close()
		ended <- err
	}()
	t.Cleanup(func() { _ = in.Close() })
	return &program{commands: in, answers: bufio.NewScanner(out), ended: ended}
}

func (p *program) tell(t *testing.T, command string) {
	t.Helper()
	_, err := io.WriteString(p.commands, command+"\n")
	require.NoError(t, err)
}

func (p *program) answer(t *testing.T) (members map[string]string) {
	t.Helper()
	require.True(t, p.answers.Scan(), "the program says nothing more")
	require.NoError(t, json.Unmarshal(p.answers.Bytes(), &members))
	return members
}

// publishes says with which status a token may publish at a server.
func publishes(t *testing.T, address, token string) int {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+address+"/fastpubsub.v1.PubSubService/Publish", strings.NewReader(`{"channel":"a"}`))
	require.NoError(t, err)
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Authorization", "Bearer "+token)
	response, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	defer http.DefaultClient.CloseIdleConnections()
	require.NoError(t, response.Body.Close())
	return response.StatusCode
}

// TestServersComeAndGo starts servers that take each other's tokens, also those of
// one that has ended; the end of the commands ends the rest.
func TestServersComeAndGo(t *testing.T) {
	p := start(t)
	p.tell(t, `{"start":"a"}`)
	first := p.answer(t)
	require.Equal(t, "a", first["started"])
	require.Equal(t, http.StatusOK, publishes(t, first["http"], first["access_token"]))
	p.tell(t, `{"start":"b"}`)
	second := p.answer(t)
	require.Equal(t, "b", second["started"])
	assert.Equal(t, first["master_token"], second["master_token"])
	assert.NotEqual(t, first["grpc"], second["grpc"])

	p.tell(t, `{"drain":"a"}`)
	require.Equal(t, map[string]string{"ended": "a"}, p.answer(t))
	assert.Equal(t, http.StatusOK, publishes(t, second["http"], first["access_token"]))

	require.NoError(t, p.commands.Close())
	ended := p.answer(t)
	assert.Equal(t, "b", ended["ended"])
	assert.NotEmpty(t, ended["error"], "it was not drained")
	require.False(t, p.answers.Scan())
	require.NoError(t, <-p.ended)
}

// TestCommandsThatMakeNoSense end the program, and its servers.
func TestCommandsThatMakeNoSense(t *testing.T) {
	for _, command := range []string{`{}`, `{"drain":"a"}`, `{"start":"a","drain":"a"}`, `start`} {
		p := start(t)
		p.tell(t, command)
		require.False(t, p.answers.Scan(), command)
		require.Error(t, <-p.ended, command)
	}
	p := start(t)
	p.tell(t, `{"start":"a"}`)
	p.answer(t)
	p.tell(t, `{"start":"a"}`)
	assert.Equal(t, "a", p.answer(t)["ended"])
	require.ErrorContains(t, <-p.ended, "give each node a name of its own")
}
