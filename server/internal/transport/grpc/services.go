package grpc

import (
	"context"
	"errors"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/reflect/protoreflect"

	fastpubsubv1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/v1"
	"github.com/fastpubsub/fastpubsub/server/internal/session"
	"github.com/fastpubsub/fastpubsub/server/internal/transport/rpc"
)

// services are the contract's services. All their methods are described as
// streams, which on the wire makes no difference: it lets the server admit callers
// before it reads what they ask for, and decode requests, so that one that cannot be
// read is refused with a reason, too.
func (s *Server) services() []*grpc.ServiceDesc {
	o := s.options
	return []*grpc.ServiceDesc{
		s.service(fastpubsubv1.File_fastpubsub_v1_pubsub_service_proto, o.PubSub.Admit, map[string]answer{
			"Session":   s.session,
			"Publish":   unary(o.PubSub.Publish),
			"Subscribe": s.subscribe,
		}),
		s.service(fastpubsubv1.File_fastpubsub_v1_token_service_proto, authorizing(o.Tokens.Authorize), map[string]answer{
			"CreateToken":  unary(o.Tokens.CreateToken),
			"RefreshToken": unary(o.Tokens.RefreshToken),
			"RevokeToken":  unary(o.Tokens.RevokeToken),
			"ListTokens":   unary(o.Tokens.ListTokens),
		}),
		s.service(fastpubsubv1.File_fastpubsub_v1_admin_service_proto, authorizing(o.Admin.Authorize), map[string]answer{
			"Drain": unary(o.Admin.Drain),
		}),
	}
}

// admit refuses a caller by what its metadata shows, or gives the context to serve
// it under.
type admit func(context.Context) (context.Context, error)

func authorizing(authorize func(context.Context) error) admit {
	return func(ctx context.Context) (context.Context, error) { return ctx, authorize(ctx) }
}

// service describes one of our own services. Every method of the contract must have
// its answer.
func (s *Server) service(file protoreflect.FileDescriptor, admit admit, answers map[string]answer) *grpc.ServiceDesc {
	return describe(file, func(method, fullName string) grpc.StreamHandler {
		return s.handler(fullName, admit, answers[method])
	})
}

// describe describes the only service of a file.
func describe(file protoreflect.FileDescriptor, handler func(method, fullName string) grpc.StreamHandler) *grpc.ServiceDesc {
	service := file.Services().Get(0)
	desc := &grpc.ServiceDesc{ServiceName: string(service.FullName()), HandlerType: (*any)(nil), Metadata: file.Path()}
	for i := range service.Methods().Len() {
		method := service.Methods().Get(i)
		desc.Streams = append(desc.Streams, grpc.StreamDesc{
			StreamName:    string(method.Name()),
			Handler:       handler(string(method.Name()), string(method.FullName())),
			ServerStreams: true,
			ClientStreams: true,
		})
	}
	return desc
}

// session serves a session: while its client sends nothing, without a goroutine.
func (s *Server) session(ctx context.Context, stream *stream) error {
	served, err := s.options.PubSub.OpenSession(ctx, session.WireSessionGRPC, stream)
	if err != nil {
		return err
	}
	stream.resume = func() {
		err := served.Serve()
		if errors.Is(err, rpc.ErrNothing) {
			return
		}
		stream.leave()
		stream.Finish(rpc.Refusal(ctx, s.options.Logger, stream.method, err))
	}
	return served.Serve()
}

func (s *Server) subscribe(ctx context.Context, stream *stream) error {
	request := new(fastpubsubv1.SubscribeRequest)
	if err := stream.only(request); err != nil {
		return err
	}
	return s.options.PubSub.Subscribe(ctx, request, session.WireSubscribeGRPC, stream)
}
