package rpc

import (
	"context"
	"slices"
	"sync/atomic"
	"time"

	"github.com/fastpubsub/fastpubsub/server/internal/apierror"
	"github.com/fastpubsub/fastpubsub/server/internal/outbox"
	"github.com/fastpubsub/fastpubsub/server/internal/session"
)

// Sender is the sending side of a stream.
type Sender interface {
	// Send sends one message, or keeps it for Flush. It may block. The protocol makes
	// it fail once the call has returned. One goroutine at a time calls it and Flush.
	Send(m *Message) error
	// Flush sends what Send has kept. It is called after one or more Sends of which
	// none has failed.
	Flush() error
}

// Stream is both sides of a stream.
type Stream interface {
	Sender
	// Receive waits for the client's next message. Its bytes are borrowed until
	// the next call of Receive. io.EOF: the client will send no more. An *apierror.Error:
	// the message is refused and with it the session. Any other error: the client
	// is gone, or Finish was called.
	Receive() ([]byte, error)
	// Another is the message behind those that Receive and Another have returned, and
	// borrowed as long, if it has arrived with them and nothing is wrong with it; nil:
	// only Receive can say.
	Another() []byte
	// Finish ends the stream, for the cause or, if it is nil, in order: a Send and
	// a Receive in progress fail. It is called once, by any goroutine.
	Finish(cause *apierror.Error)
}

// flushTimeout is how long the last answers may take when a client says that it
// will send no more.
const flushTimeout = 2 * time.Second

// fence is a frame that is not sent: it tells that everything before it was.
// Its zero value has not been queued.
type fence struct {
	frame  outbox.Frame
	queued atomic.Pointer[chan struct{}] // closed once the fence has been passed
}

// isQueued says whether the fence may be among frames.
func (f *fence) isQueued() bool { return f.queued.Load() != nil }

// cut finds the fence among frames.
func (f *fence) cut(frames []*outbox.Frame) (before, after []*outbox.Frame, found bool) {
	at := slices.Index(frames, &f.frame)
	if at < 0 {
		return nil, nil, false
	}
	return frames[:at], frames[at+1:], true
}

// pass says that everything before the fence has been sent, or never will be.
func (f *fence) pass() { close(*f.queued.Load()) }

// wait queues the fence and waits until it has been passed, the session or the
// call has ended, or the time is over. It is called once.
func (f *fence) wait(ctx context.Context, s *session.Session) {
	passed := make(chan struct{})
	f.queued.Store(&passed)
	s.Send(&f.frame)
	timer := time.NewTimer(flushTimeout)
	defer timer.Stop()
	select {
	case <-passed:
	case <-s.Done():
	case <-ctx.Done():
	case <-timer.C:
	}
}
