package grpc

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"

	"github.com/fastpubsub/fastpubsub/server/internal/admission"
	"github.com/fastpubsub/fastpubsub/server/internal/transport/h2"
	"github.com/fastpubsub/fastpubsub/server/internal/transport/rpc"
)

// call serves one call that a client makes.
func (s *Server) call(n *connection, raw *h2.Stream) {
	request := raw.Request()
	timeout, refusal, err := accept(request)
	if refusal != nil {
		raw.Refuse(refusal)
		return
	}
	stream := &stream{
		raw: raw, ctx: rpc.WithCaller(raw.Context(), s.caller(n, request)), method: request.Get(":path"),
		connection: n, stopping: s.stopping, limit: s.frameLimit(),
	}
	if err == nil {
		if timeout > 0 {
			raw.SetDeadline(timeout)
		}
		err = s.route(stream)
	}
	if !errors.Is(err, rpc.ErrNothing) {
		stream.finish(err)
	}
}

func (s *Server) route(stream *stream) error {
	if serve := s.routes.methods[stream.method]; serve != nil {
		return serve(stream)
	}
	return unknownMethod(stream.method)
}

// answer carries out one call of our own services. Its context says who calls.
// rpc.ErrNothing: the call goes on elsewhere, which also ends it.
type answer func(ctx context.Context, s *stream) error

// requestTimeout is how long the one request of a call may take to arrive, as long
// as over HTTP.
const requestTimeout = 30 * time.Second

// handler makes an answer a handler as descriptions of services have it. Its errors
// all carry a reason of the catalogue. Nothing is read of a caller who is not admitted.
func (s *Server) handler(method string, admit admit, answer answer) grpc.StreamHandler {
	return func(_ any, raw grpc.ServerStream) (err error) {
		ctx := raw.Context()
		defer func() {
			if fault := recover(); fault != nil {
				err = rpc.Recovered(ctx, s.options.Logger, method, fault)
			}
		}()
		err = s.admitted(ctx, raw.(*stream), admit, answer)
		if errors.Is(err, rpc.ErrNothing) || isDeadline(ctx, err) {
			return err
		}
		if refusal := rpc.Refusal(ctx, s.options.Logger, method, err); refusal != nil {
			return refusal
		}
		return nil
	}
}

// isDeadline says that a call has failed because the time is over that its client
// gave it, which is no fault.
func isDeadline(ctx context.Context, err error) bool {
	return errors.Is(err, context.DeadlineExceeded) && errors.Is(ctx.Err(), context.DeadlineExceeded)
}

// admitted carries out a call if its caller is admitted.
func (s *Server) admitted(ctx context.Context, stream *stream, admit admit, answer answer) error {
	ctx, err := admit(ctx)
	if err != nil {
		return err
	}
	stream.leave = s.connections.admit(stream.connection)
	goesOn := false
	defer func() { // also when it panics
		if !goesOn {
			stream.leave()
		}
	}()
	err = answer(ctx, stream)
	goesOn = errors.Is(err, rpc.ErrNothing)
	return err
}

// methodShown is how much of an unknown method's name is repeated: clients bound
// the trailers that they read, grpc-java to 8 KiB.
const methodShown = 256

// unknownMethod answers calls of what there is not.
func unknownMethod(method string) error {
	return invalid(codes.Unimplemented, "there is no method %.*s; use the service's definition", methodShown, method)
}

func (s *Server) caller(n *connection, r *h2.Request) rpc.Caller {
	return rpc.Caller{
		Bearer: rpc.Bearer(r.Values("authorization")),
		Origin: r.Get("origin"),
		Addr:   admission.ClientIP(address(n.raw.RemoteAddr()), r.Values("x-forwarded-for"), s.options.TrustedProxies),
	}
}

// address is the IP of a peer; the zero one if it has none.
func address(a net.Addr) netip.Addr {
	if tcp, ok := a.(*net.TCPAddr); ok {
		return tcp.AddrPort().Addr()
	}
	return netip.Addr{}
}

// unary is a call with one request and one answer.
func unary[Req any, R interface {
	*Req
	proto.Message
}, Res proto.Message](method func(context.Context, R) (Res, error)) answer {
	return func(ctx context.Context, s *stream) error {
		request := R(new(Req))
		if err := s.only(request); err != nil {
			return err
		}
		response, err := method(ctx, request)
		if err != nil {
			return err
		}
		return s.SendMsg(response)
	}
}
