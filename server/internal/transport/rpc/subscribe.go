package rpc

import (
	"context"
	"errors"
	"sync/atomic"

	"google.golang.org/protobuf/proto"

	fastpubsubv1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/v1"
	"github.com/fastpubsub/fastpubsub/server/internal/apierror"
	"github.com/fastpubsub/fastpubsub/server/internal/outbox"
	"github.com/fastpubsub/fastpubsub/server/internal/session"
)

// heldBytes is how many bytes may arrive for patterns that are subscribed to
// while others of the same call are not yet.
const heldBytes = 4 << 20

var errNotSubscribed = errors.New("a pattern was refused")

// Subscribe serves a subscription until either side ends it: all patterns, or
// none. It returns nil when the client ended it. The context ends with the
// client's call.
func (p *PubSub) Subscribe(ctx context.Context, r *fastpubsubv1.SubscribeRequest, wire session.Wire, sender Sender) error {
	a, err := p.admit(ctx)
	if err != nil {
		return err
	}
	if len(r.GetPatterns()) == 0 {
		return apierror.New(apierror.RequestInvalid, "patterns is empty; name at least one")
	}
	c := &subscription{sender: sender, missing: len(r.GetPatterns())}
	s, err := p.registry.Open(ctx, a, peer(ctx, wire), subscribeWire, c)
	if err != nil {
		return err
	}
	for _, pattern := range r.GetPatterns() {
		s.Subscribe(ctx, session.Request{Action: session.ActionSubscribe, Tenant: r.GetTenant(), Name: pattern})
	}
	select {
	case <-s.Done():
	case <-ctx.Done():
		s.End(ctx.Err())
	}
	if cause := s.Err(); cause != nil {
		return cause
	}
	return c.refusal()
}

// subscription is the transport of a session that only subscribes. Its fields
// belong to WriteFrames, but for refused.
type subscription struct {
	sender  Sender
	message Message
	missing int      // patterns that are not answered yet
	handles []uint64 // of those that are
	held    []*outbox.Frame
	heldFor int // bytes
	refused atomic.Pointer[apierror.Error]
}

// WriteFrames implements outbox.Writer. Nothing is sent before all patterns are
// subscribed to.
func (c *subscription) WriteFrames(frames []*outbox.Frame) error {
	if c.missing > 0 {
		var err error
		if frames, err = c.open(frames); err != nil || c.missing > 0 {
			return err
		}
	}
	return sendAll(SubscribeKind, frames, &c.message, c.sender)
}

// open reads the notes among the frames and holds the others. Once all patterns
// are subscribed to it says so, and returns what is to be sent.
func (c *subscription) open(frames []*outbox.Frame) ([]*outbox.Frame, error) {
	for _, f := range frames {
		var err error
		if f.Kind == outbox.KindWire {
			err = c.answer(f.Data)
		} else {
			err = c.hold(f)
		}
		if err != nil {
			return nil, err
		}
	}
	if c.missing > 0 {
		return nil, nil
	}
	ready := append([]*outbox.Frame{subscribedFrame(c.handles)}, c.held...)
	c.handles, c.held = nil, nil
	return ready, nil
}

func (c *subscription) answer(note []byte) error {
	var answer fastpubsubv1.SessionResponse
	if err := proto.Unmarshal(note, &answer); err != nil {
		return err
	}
	if failure := answer.GetFailure(); failure != nil {
		return c.refuse(apierror.New(failure.GetReason(), failure.GetMessage()))
	}
	c.handles = append(c.handles, answer.GetSuccess().GetPatternHandle())
	c.missing--
	return nil
}

func (c *subscription) hold(f *outbox.Frame) error {
	c.held = append(c.held, f)
	if c.heldFor += len(f.Data); c.heldFor > heldBytes {
		return c.refuse(apierror.New(apierror.Overloaded,
			"more arrives for the first patterns than can be kept until the last one is subscribed to; try again, or subscribe to less at once"))
	}
	return nil
}

func (c *subscription) refuse(err *apierror.Error) error {
	c.refused.Store(err)
	return errNotSubscribed
}

// refusal is why a pattern was refused; nil if none was.
func (c *subscription) refusal() error {
	if refused := c.refused.Load(); refused != nil {
		return refused
	}
	return nil
}

// Close implements session.Transport. The call returns as soon as the session
// is done, which unblocks what is in progress.
func (c *subscription) Close(*apierror.Error) {}
