package grpc

import (
	"context"

	"google.golang.org/grpc"

	"github.com/fastpubsub/fastpubsub/server/internal/transport/rpc"
)

// interceptUnary stands before the standard services (health).
func (s *Server) interceptUnary(ctx context.Context, request any, info *grpc.UnaryServerInfo, handler grpc.UnaryHandler) (answer any, err error) {
	called(ctx)
	defer func() {
		if fault := recover(); fault != nil {
			err = rpc.Recovered(ctx, s.options.Logger, info.FullMethod, fault)
		}
	}()
	return handler(ctx, request)
}

// interceptStream stands before every stream. The standard services' streams
// (health watches, reflection) end when the server stops; ours are ended by
// their sessions.
func (s *Server) interceptStream(service any, stream grpc.ServerStream, info *grpc.StreamServerInfo, handler grpc.StreamHandler) (err error) {
	called(stream.Context())
	if service == nil {
		return handler(service, stream)
	}
	defer func() {
		if fault := recover(); fault != nil {
			err = rpc.Recovered(stream.Context(), s.options.Logger, info.FullMethod, fault)
		}
	}()
	ctx, cancel := context.WithCancel(stream.Context())
	defer cancel()
	go func() {
		select {
		case <-s.stopping:
			cancel()
		case <-ctx.Done():
		}
	}()
	return handler(service, &endingStream{stream, ctx})
}

// endingStream is a stream with another context.
type endingStream struct {
	grpc.ServerStream
	ctx context.Context
}

// Context implements grpc.ServerStream.
func (s *endingStream) Context() context.Context { return s.ctx }
