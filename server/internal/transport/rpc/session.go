package rpc

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"sync/atomic"

	"github.com/fastpubsub/fastpubsub/server/internal/apierror"
	"github.com/fastpubsub/fastpubsub/server/internal/outbox"
	"github.com/fastpubsub/fastpubsub/server/internal/session"
	"github.com/fastpubsub/fastpubsub/server/internal/transport/sessionframe"
)

// Session serves a session on a stream until either side ends it. It returns
// nil when the client did. The context ends with the client's connection.
func (p *PubSub) Session(ctx context.Context, wire session.Wire, stream Stream) error {
	served, err := p.OpenSession(ctx, wire, stream)
	if err != nil {
		return err
	}
	return served.Serve()
}

// OpenSession opens a session on a stream, which is then to be served.
func (p *PubSub) OpenSession(ctx context.Context, wire session.Wire, stream Stream) (*SessionOnStream, error) {
	a, err := p.admit(ctx)
	if err != nil {
		return nil, err
	}
	c := &SessionOnStream{ctx: ctx, stream: stream, logger: p.logger}
	c.session, err = p.registry.Open(ctx, a, peer(ctx, wire), sessionframe.Codec{}, c)
	if err != nil {
		return nil, err
	}
	return c, nil
}

// ErrNothing is what a stream's Receive says that does not wait: nothing has arrived,
// and Serve is to be called again when something has, or the stream has ended.
var ErrNothing = errors.New("nothing has arrived")

// SessionOnStream is the transport of one session on a stream.
type SessionOnStream struct {
	ctx     context.Context
	stream  Stream
	session *session.Session
	fence   fence
	message Message              // WriteFrames's
	decoder sessionframe.Decoder // read's
	refused atomic.Pointer[apierror.Error]
	logger  *slog.Logger
}

// cause is why the stream ends, given why the session does: what the client
// sent was refused here; nil: the client ended it.
func (c *SessionOnStream) cause(ofSession *apierror.Error) *apierror.Error {
	if ofSession != nil {
		return ofSession
	}
	return c.refused.Load()
}

// WriteFrames implements outbox.Writer.
func (c *SessionOnStream) WriteFrames(frames []*outbox.Frame) error {
	if c.fence.isQueued() {
		var err error
		if frames, err = c.sendUntilFence(frames); err != nil {
			return err
		}
	}
	return c.send(frames)
}

// sendUntilFence sends what stands before the fence, if that is among the frames, and
// returns what does not.
func (c *SessionOnStream) sendUntilFence(frames []*outbox.Frame) (rest []*outbox.Frame, err error) {
	before, after, found := c.fence.cut(frames)
	if !found {
		return frames, nil
	}
	err = c.send(before)
	c.fence.pass()
	return after, err
}

func (c *SessionOnStream) send(frames []*outbox.Frame) error {
	return sendAll(SessionKind, frames, &c.message, c.stream)
}

// Close implements session.Transport.
func (c *SessionOnStream) Close(cause *apierror.Error) { c.stream.Finish(c.cause(cause)) }

// Serve carries out the client's commands until either side ends the session, and
// says why it has ended; nil: the client did. ErrNothing: the stream does not wait;
// whoever calls Serve again may already do so.
func (c *SessionOnStream) Serve() error {
	if !c.read() {
		return ErrNothing
	}
	<-c.session.Done()
	if cause := c.cause(c.session.Err()); cause != nil {
		return cause
	}
	return nil
}

// read carries out the client's commands until there are no more, for now or for
// ever.
func (c *SessionOnStream) read() (ended bool) {
	defer func() {
		if fault := recover(); fault != nil {
			c.end(Recovered(c.ctx, c.logger, "Session", fault))
			ended = true
		}
	}()
	for {
		data, err := c.stream.Receive()
		if errors.Is(err, ErrNothing) {
			return false
		}
		if err != nil {
			c.end(err)
			return true
		}
		c.decoder.Dispatch(c.ctx, c.session, data, c.stream)
	}
}

// end ends the session after what Receive said. A client that only says that it
// will send no more still gets its answers; one that is refused learns why.
func (c *SessionOnStream) end(err error) {
	var refused *apierror.Error
	switch {
	case errors.Is(err, io.EOF):
		err = nil
		c.fence.wait(c.ctx, c.session)
	case errors.As(err, &refused):
		c.refused.Store(refused)
		c.session.Send(sessionframe.Codec{}.Failure(session.Request{}, refused, true))
		c.fence.wait(c.ctx, c.session)
	}
	c.session.End(err)
}
