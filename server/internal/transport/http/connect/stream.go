package connect

import (
	"context"
	"errors"
	"net/http"
	"time"

	"connectrpc.com/connect"
	"google.golang.org/protobuf/reflect/protoreflect"

	fastpubsubv1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/v1"
	"github.com/fastpubsub/fastpubsub/server/internal/apierror"
	"github.com/fastpubsub/fastpubsub/server/internal/session"
	"github.com/fastpubsub/fastpubsub/server/internal/transport/rpc"
)

// WireSessionConnect is the label of sessions over Connect.
const WireSessionConnect session.Wire = "session-connect"

// serverStream mounts a call with one request and a stream of answers.
func serverStream(
	h *Handler, service protoreflect.ServiceDescriptor, name protoreflect.Name,
	serve func(ctx context.Context, message *inbound, sender rpc.Sender) error,
) mounted {
	method := service.Methods().ByName(name)
	call := func(ctx context.Context, message *inbound, stream *connect.ServerStream[rpc.Message]) error {
		control := controlOf(ctx)
		_ = control.SetReadDeadline(time.Time{}) // the request is complete; the client is watched all the same
		sender := &sender{send: stream.Send, turn: newTurn()}
		err := serve(ctx, message, sender)
		sender.turn.end(time.After(writeGrace), func() { _ = control.SetWriteDeadline(time.Now()) })
		return h.answered(ctx, method, err)
	}
	return mounted{procedureOf(method), controlled(connect.NewServerStreamHandlerSimple(procedureOf(method), call, h.settings(method)...))}
}

// bidirectional mounts a call with streams both ways.
func bidirectional(
	h *Handler, service protoreflect.ServiceDescriptor, name protoreflect.Name,
	serve func(context.Context, rpc.Stream) error,
) mounted {
	method := service.Methods().ByName(name)
	call := func(ctx context.Context, raw *connect.BidiStream[inbound, rpc.Message]) error {
		control := controlOf(ctx)
		_ = control.SetReadDeadline(time.Time{}) // a session's frames come when they come
		sender := &sender{send: raw.Send, turn: newTurn()}
		err := serve(ctx, &stream{sender, raw, control, h.frameLimit()})
		sender.turn.end(time.After(writeGrace), func() { _ = control.SetWriteDeadline(time.Now()) })
		return h.answered(ctx, method, err)
	}
	return mounted{procedureOf(method), controlled(connect.NewBidiStreamHandler(procedureOf(method), call, h.settings(method)...))}
}

func (h *Handler) subscribe(ctx context.Context, message *inbound, sender rpc.Sender) error {
	request := new(fastpubsubv1.SubscribeRequest)
	if err := h.read(message, request); err != nil {
		return err
	}
	return h.options.PubSub.Subscribe(ctx, request, session.WireSubscribeConnect, sender)
}

func (h *Handler) session(ctx context.Context, stream rpc.Stream) error {
	return h.options.PubSub.Session(ctx, WireSessionConnect, stream)
}

var errEnded = errors.New("connect: the call has ended")

// sender is the sending side of a stream.
type sender struct {
	send func(*rpc.Message) error
	turn turn
}

// Send implements rpc.Sender.
func (s *sender) Send(m *rpc.Message) error {
	return s.turn.take(func() error { return s.send(m) })
}

// Flush implements rpc.Sender: Send has kept nothing.
func (*sender) Flush() error { return nil }

// stream is both sides of a stream.
type stream struct {
	*sender
	raw     *connect.BidiStream[inbound, rpc.Message]
	control *http.ResponseController
	limit   int
}

// Receive implements rpc.Stream.
func (s *stream) Receive() ([]byte, error) {
	message, err := s.raw.Receive()
	if err != nil {
		return nil, err
	}
	if err := message.tooLarge(s.limit); err != nil {
		return nil, err
	}
	return message.frame()
}

// Another implements rpc.Stream: messages come one by one.
func (*stream) Another() []byte { return nil }

// Finish implements rpc.Stream. What is being sent may take a little longer; how
// the stream ends is told when the call returns.
func (s *stream) Finish(*apierror.Error) { _ = s.control.SetReadDeadline(time.Now()) }

// controlled puts the ResponseController of a request into its context.
func controlled(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx := context.WithValue(r.Context(), controlKey{}, http.NewResponseController(w))
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}

type controlKey struct{}

func controlOf(ctx context.Context) *http.ResponseController {
	return ctx.Value(controlKey{}).(*http.ResponseController)
}
