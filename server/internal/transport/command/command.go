// Package command is what a frame from a client asks for, in the terms of every
// wire, and how it is handed to the client's session.
package command

import (
	"context"

	"github.com/fastpubsub/fastpubsub/server/internal/apierror"
	"github.com/fastpubsub/fastpubsub/server/internal/secret"
	"github.com/fastpubsub/fastpubsub/server/internal/session"
)

// Command is what frames ask for: publishes, as many as were collected, and
// behind them at most one other command. The codecs of the wires fill it. One
// goroutine at a time uses it.
type Command struct {
	// Publications are the messages to publish. Their payloads are parts of the
	// frames, which must stay unchanged until Run has returned.
	Publications []session.Publication
	// Refusals are what cannot be handed to a session: each is answered by itself.
	Refusals []Refusal
	// Request is the command behind the publishes; ActionNone: there is none.
	Request session.Request
	// Token is the fresh token of an authenticate.
	Token secret.Text
}

// MostTogether is how many publishes are collected at most before Run.
const MostTogether = 256

// Refusal is a command, or one message of a publish, that is refused.
type Refusal struct {
	Request session.Request
	Err     *apierror.Error
}

// Session carries out commands; *session.Session does.
type Session interface {
	Subscribe(ctx context.Context, r session.Request)
	Unsubscribe(ctx context.Context, r session.Request)
	Publish(ctx context.Context, batch []session.Publication)
	Authenticate(ctx context.Context, r session.Request, token string)
	Ping(r session.Request)
	Refuse(r session.Request, err *apierror.Error)
}

// Publish adds a message.
func (c *Command) Publish(p session.Publication) { c.Publications = append(c.Publications, p) }

// Refuse adds a refusal.
func (c *Command) Refuse(r session.Request, err *apierror.Error) {
	c.Refusals = append(c.Refusals, Refusal{Request: r, Err: err})
}

// OnlyPublishes says that more publishes may be added before Run without
// changing the order of anything.
func (c *Command) OnlyPublishes() bool {
	return len(c.Refusals) == 0 && c.Request.Action == session.ActionNone
}

// Run hands everything to the session, publishes first, and resets the command.
func (c *Command) Run(ctx context.Context, s Session) {
	if len(c.Publications) > 0 {
		s.Publish(ctx, c.Publications)
	}
	for i := range c.Refusals {
		s.Refuse(c.Refusals[i].Request, c.Refusals[i].Err)
	}
	switch r := c.Request; r.Action {
	case session.ActionSubscribe:
		s.Subscribe(ctx, r)
	case session.ActionUnsubscribe:
		s.Unsubscribe(ctx, r)
	case session.ActionAuthenticate:
		s.Authenticate(ctx, r, c.Token.Reveal())
	case session.ActionPing:
		s.Ping(r)
	case session.ActionNone, session.ActionPublish: // publishes are not asked for here
	}
	c.Reset()
}

// Reset forgets everything but the storage, which is cleared: nothing of a
// client's frames stays reachable.
func (c *Command) Reset() {
	clear(c.Publications)
	clear(c.Refusals)
	*c = Command{Publications: c.Publications[:0], Refusals: c.Refusals[:0]}
}
