package command

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/fastpubsub/fastpubsub/server/internal/apierror"
	"github.com/fastpubsub/fastpubsub/server/internal/secret"
	"github.com/fastpubsub/fastpubsub/server/internal/session"
)

// notebook writes down what it is asked to do.
type notebook struct{ lines []string }

func (n *notebook) note(format string, args ...any) {
	n.lines = append(n.lines, fmt.Sprintf(format, args...))
}

func (n *notebook) Subscribe(_ context.Context, r session.Request) { n.note("subscribe %s", r.Name) }
func (n *notebook) Unsubscribe(_ context.Context, r session.Request) {
	n.note("unsubscribe %s", r.Name)
}
func (n *notebook) Publish(_ context.Context, batch []session.Publication) {
	for _, p := range batch {
		n.note("publish %s %s", p.Request.Name, p.Payload)
	}
}
func (n *notebook) Authenticate(_ context.Context, r session.Request, token string) {
	n.note("authenticate %d %s", r.ID, token)
}
func (n *notebook) Ping(r session.Request) { n.note("ping %d", r.ID) }
func (n *notebook) Refuse(r session.Request, err *apierror.Error) {
	n.note("refuse %d %s", r.ID, apierror.Name(err.Reason()))
}

var _ Session = (*session.Session)(nil)

// SF-3: publishes come before the command that was sent behind them.
func TestRunHandsOverInOrder(t *testing.T) {
	var c Command
	c.Publish(session.Publication{Request: session.Request{Name: "a"}, Payload: []byte("1")})
	assert.True(t, c.OnlyPublishes())
	c.Publish(session.Publication{Request: session.Request{Name: "b"}, Payload: []byte("2")})
	c.Refuse(session.Request{ID: 3}, apierror.New(apierror.RequestInvalid, "no"))
	assert.False(t, c.OnlyPublishes())
	c.Request = session.Request{Action: session.ActionSubscribe, Name: "x.#"}
	var n notebook
	c.Run(t.Context(), &n)
	assert.Equal(t, []string{"publish a 1", "publish b 2", "refuse 3 REQUEST_INVALID", "subscribe x.#"}, n.lines)

	n.lines = nil
	c.Run(t.Context(), &n)
	assert.Empty(t, n.lines, "Run resets the command")
	assert.Nil(t, c.Publications[:1][0].Payload, "payloads are let go")
}

func TestRunKnowsEveryAction(t *testing.T) {
	for want, c := range map[string]Command{
		"subscribe x":      {Request: session.Request{Action: session.ActionSubscribe, Name: "x"}},
		"unsubscribe x":    {Request: session.Request{Action: session.ActionUnsubscribe, Name: "x"}},
		"ping 4":           {Request: session.Request{Action: session.ActionPing, ID: 4}},
		"authenticate 5 T": {Request: session.Request{Action: session.ActionAuthenticate, ID: 5}, Token: secret.New("T")},
	} {
		var n notebook
		assert.False(t, c.OnlyPublishes())
		c.Run(t.Context(), &n)
		assert.Equal(t, []string{want}, n.lines)
	}
}
