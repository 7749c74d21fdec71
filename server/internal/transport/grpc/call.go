package grpc

import (
	"context"
	"errors"
	"io"
	"net"
	"net/netip"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/peer"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	"github.com/fastpubsub/fastpubsub/server/internal/admission"
	"github.com/fastpubsub/fastpubsub/server/internal/apierror"
	"github.com/fastpubsub/fastpubsub/server/internal/transport/rpc"
)

// call carries out one call. Its context says who calls.
type call func(ctx context.Context, s *stream) error

// requestTimeout is how long the one request of a call may take to arrive, as long
// as over HTTP.
const requestTimeout = 30 * time.Second

// handler makes a call a handler of grpc-go, whose errors all carry a reason of
// the catalogue. Nothing is read of a caller who is not admitted.
func (s *Server) handler(method string, admit admit, call call) grpc.StreamHandler {
	return func(_ any, raw grpc.ServerStream) (err error) {
		ctx := rpc.WithCaller(raw.Context(), s.caller(raw.Context()))
		defer func() {
			if fault := recover(); fault != nil {
				err = rpc.Recovered(ctx, s.options.Logger, method, fault)
			}
		}()
		err = s.admitted(ctx, raw, admit, call)
		if refusal := rpc.Refusal(ctx, s.options.Logger, method, err); refusal != nil {
			return refusal
		}
		return nil
	}
}

// admitted carries out a call if its caller is admitted.
func (s *Server) admitted(ctx context.Context, raw grpc.ServerStream, admit admit, call call) error {
	ctx, err := admit(ctx)
	if err != nil {
		return err
	}
	defer s.connections.admit(connectionOf(ctx))()
	return call(ctx, s.streamOf(raw))
}

// unknownMethod answers calls of what there is not.
func unknownMethod(_ any, stream grpc.ServerStream) error {
	method, _ := grpc.MethodFromServerStream(stream)
	refusal := apierror.Newf(apierror.RequestInvalid, "there is no method %s; use the service's definition", method)
	detailed, err := status.New(codes.Unimplemented, refusal.Message()).WithDetails(refusal.Info())
	if err != nil {
		return refusal
	}
	return detailed.Err()
}

func (s *Server) caller(ctx context.Context) rpc.Caller {
	c := rpc.Caller{Bearer: rpc.Bearer(metadata.ValueFromIncomingContext(ctx, "authorization"))}
	if origins := metadata.ValueFromIncomingContext(ctx, "origin"); len(origins) > 0 {
		c.Origin = origins[0]
	}
	if p, ok := peer.FromContext(ctx); ok {
		c.Addr = admission.ClientIP(address(p.Addr), metadata.ValueFromIncomingContext(ctx, "x-forwarded-for"), s.options.TrustedProxies)
	}
	return c
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
}, Res proto.Message](answer func(context.Context, R) (Res, error)) call {
	return func(ctx context.Context, s *stream) error {
		request := R(new(Req))
		if err := s.only(request); err != nil {
			return err
		}
		response, err := answer(ctx, request)
		if err != nil {
			return err
		}
		return s.SendMsg(response)
	}
}

// stream is the stream of one call.
type stream struct {
	grpc.ServerStream
	limit    int
	stopping context.Context // ends when the server stops
	inbound  inbound
}

func (s *Server) streamOf(raw grpc.ServerStream) *stream {
	return &stream{ServerStream: raw, limit: s.frameLimit(), stopping: s.stopping}
}

// finisher is what the streams of grpc-go's transport can do. A handler that
// reads its stream is ended by it without a second goroutine that waits.
type finisher interface{ WriteStatus(*status.Status) error }

// Finish implements rpc.Stream.
func (s *stream) Finish(cause *apierror.Error) {
	end := status.New(codes.OK, "")
	if cause != nil {
		end = cause.GRPCStatus()
	}
	transport := grpc.ServerTransportStreamFromContext(s.Context())
	_ = transport.(finisher).WriteStatus(end) // the peer may be gone; nobody is left to tell
}

// Send implements rpc.Sender.
func (s *stream) Send(m *rpc.Message) error { return s.SendMsg(m) }

// Receive implements rpc.Stream. Between messages it holds no memory.
func (s *stream) Receive() ([]byte, error) {
	s.inbound.release()
	if err := s.RecvMsg(&s.inbound); err != nil {
		return nil, err
	}
	data := s.inbound.bytes()
	if len(data) > s.limit {
		return nil, apierror.Newf(apierror.PayloadTooLarge,
			"the message has %d bytes, the limit is %d; send less at once", len(data), s.limit)
	}
	return data, nil
}

// only reads the one message of a call that has only one, and gives up when it does
// not come in time, or the server stops first.
func (s *stream) only(request proto.Message) error {
	s.limit = rpc.RequestLimit(s.limit)
	intime, cancel := context.WithTimeout(s.stopping, requestTimeout)
	defer cancel()
	kept := context.AfterFunc(intime, func() { s.Finish(s.late()) })
	data, err := s.Receive()
	defer s.inbound.release()
	switch {
	case !kept():
		return s.late()
	case errors.Is(err, io.EOF):
		return apierror.New(apierror.RequestInvalid, "the call carries no message; send one")
	case err != nil:
		return err
	}
	if err := proto.Unmarshal(data, request); err != nil {
		return apierror.Newf(apierror.RequestInvalid, "the message is no %s; use the service's definition", request.ProtoReflect().Descriptor().FullName())
	}
	return nil
}

// late is why a request is not waited for any longer.
func (s *stream) late() *apierror.Error {
	if s.stopping.Err() != nil {
		return apierror.New(apierror.Draining, "the server ends, and the request has not arrived; use another one")
	}
	return apierror.Newf(apierror.RequestInvalid, "the request did not arrive within %v; send it as soon as the call is made", requestTimeout)
}
