package sessionframe

import (
	"context"
	"sync"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"

	fastpubsubv1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/v1"
	"github.com/fastpubsub/fastpubsub/server/internal/apierror"
	"github.com/fastpubsub/fastpubsub/server/internal/secret"
	"github.com/fastpubsub/fastpubsub/server/internal/session"
	"github.com/fastpubsub/fastpubsub/server/internal/transport/command"
	"github.com/fastpubsub/fastpubsub/server/internal/transport/intern"
)

// Decoder reads the frames of one connection. Its zero value is ready. One
// goroutine at a time uses it.
type Decoder struct{ names intern.Names }

var (
	errUnreadable = apierror.New(apierror.FrameInvalid,
		"the frame is no SessionRequest of fastpubsub.v1; send one protobuf message per frame")
	errNoCommand = apierror.New(apierror.FrameInvalid,
		"the frame carries none of the commands that the server knows; use a client for fastpubsub.v1")
	errNoRequestID = apierror.New(apierror.RequestInvalid,
		"request_id is 0; choose another number, which the answer repeats")
	errNoMessages = apierror.New(apierror.RequestInvalid, "the publish holds no message; send at least one")
)

// Decode reads one frame and adds to c what it asks for: to publishes that c may
// hold from frames before, publishes can be added, and one other command. The
// frame must stay unchanged until c has been run. An error is FRAME_INVALID: c
// is as before, and the connection ends.
func (d *Decoder) Decode(frame []byte, c *command.Command) *apierror.Error {
	if body, ok := publishBody(frame); ok {
		return d.publish(body, c)
	}
	var request fastpubsubv1.SessionRequest
	if err := proto.Unmarshal(frame, &request); err != nil {
		return errUnreadable
	}
	return take(&request, c)
}

// Arrived are frames that have arrived in a row.
type Arrived interface {
	// Another is the next frame, if it has arrived whole; nil: it has not. All of them
	// must stay unchanged until Dispatch has returned.
	Another() []byte
}

// Dispatch has the session do what a frame asks for, and those that have arrived with
// it, publishes in a row together. The frames belong to the caller again once Dispatch
// has returned.
func (d *Decoder) Dispatch(ctx context.Context, s command.Session, frame []byte, more Arrived) {
	c := commands.Get().(*command.Command)
	defer func() {
		c.Reset()
		commands.Put(c)
	}()
	for {
		if err := d.Decode(frame, c); err != nil {
			c.Refuse(session.Request{}, err)
		}
		if !c.OnlyPublishes() || len(c.Publications) >= command.MostTogether {
			c.Run(ctx, s)
		}
		if frame = more.Another(); frame == nil {
			break
		}
	}
	c.Run(ctx, s)
}

var commands = sync.Pool{New: func() any { return new(command.Command) }}

// publishBody is the PublishCommand of a frame that is nothing else. Frames that
// say the same in another way go through the generated code.
func publishBody(frame []byte) ([]byte, bool) {
	if len(frame) == 0 || frame[0] != tagPublish {
		return nil, false
	}
	body, n := protowire.ConsumeBytes(frame[1:])
	return body, n == len(frame)-1
}

const tagPublish = 3<<3 | byte(protowire.BytesType) // SessionRequest.publish

// take adds to c what the generated code has read.
func take(request *fastpubsubv1.SessionRequest, c *command.Command) *apierror.Error {
	switch asked := request.GetCommand().(type) {
	case *fastpubsubv1.SessionRequest_Subscribe:
		s := asked.Subscribe
		ask(c, session.Request{ID: s.GetRequestId(), Action: session.ActionSubscribe, Tenant: s.GetTenant(), Name: s.GetPattern()})
	case *fastpubsubv1.SessionRequest_Unsubscribe:
		u := asked.Unsubscribe
		ask(c, session.Request{ID: u.GetRequestId(), Action: session.ActionUnsubscribe, Tenant: u.GetTenant(), Name: u.GetPattern()})
	case *fastpubsubv1.SessionRequest_Publish:
		takeMessages(asked.Publish.GetMessages(), c)
	case *fastpubsubv1.SessionRequest_Authenticate:
		c.Token = secret.New(asked.Authenticate.GetToken())
		ask(c, session.Request{ID: asked.Authenticate.GetRequestId(), Action: session.ActionAuthenticate})
	case *fastpubsubv1.SessionRequest_Ping:
		ask(c, session.Request{ID: asked.Ping.GetRequestId(), Action: session.ActionPing})
	default:
		return errNoCommand
	}
	return nil
}

// ask adds a command, or refuses it when its answer could not be told from
// others.
func ask(c *command.Command, r session.Request) {
	if r.ID == 0 {
		c.Refuse(r, errNoRequestID)
		return
	}
	c.Request = r
}
