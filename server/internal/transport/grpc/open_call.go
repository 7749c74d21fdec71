package grpc

import (
	"context"

	"google.golang.org/grpc"
	"google.golang.org/grpc/health/grpc_health_v1"

	"github.com/fastpubsub/fastpubsub/server/internal/apierror"
	"github.com/fastpubsub/fastpubsub/server/internal/transport/rpc"
)

// interceptStream stands before every stream. Those of our own services are
// counted by their handlers.
func (s *Server) interceptStream(service any, stream grpc.ServerStream, info *grpc.StreamServerInfo, handler grpc.StreamHandler) error {
	if service == nil {
		return handler(service, stream)
	}
	return s.open(stream, info.FullMethod, func(stream grpc.ServerStream) error { return handler(service, stream) })
}

// open serves a call that needs no token: those of the standard services (health,
// reflection). They end when the server stops. Until a caller has been admitted on
// the connection, few of them may be in progress at a time.
func (s *Server) open(stream grpc.ServerStream, method string, serve func(grpc.ServerStream) error) (err error) {
	end, ok := s.connections.enter(connectionOf(stream.Context()))
	if !ok {
		return apierror.Newf(apierror.RateLimited,
			"%d calls that show no token are in progress on the connection, the most it may have; end one", maxOpenCalls)
	}
	defer end()
	defer func() {
		if fault := recover(); fault != nil {
			err = rpc.Recovered(stream.Context(), s.options.Logger, method, fault)
		}
	}()
	ctx, cancel := context.WithCancel(stream.Context())
	defer cancel()
	defer context.AfterFunc(s.stopping, cancel)()
	return serve(&endingStream{stream, ctx})
}

// endingStream is a stream with another context.
type endingStream struct {
	grpc.ServerStream
	ctx context.Context
}

// Context implements grpc.ServerStream.
func (s *endingStream) Context() context.Context { return s.ctx }

// healthService is the standard health service, with requests that are read like
// those of our own. Its errors are those of the standard.
func (s *Server) healthService() *grpc.ServiceDesc {
	calls := map[string]call{
		"Check": unary(s.health.Check),
		"List":  unary(s.health.List),
		"Watch": func(_ context.Context, stream *stream) error {
			request := new(grpc_health_v1.HealthCheckRequest)
			if err := stream.only(request); err != nil {
				return err
			}
			return s.health.Watch(request, &grpc.GenericServerStream[grpc_health_v1.HealthCheckRequest, grpc_health_v1.HealthCheckResponse]{ServerStream: stream})
		},
	}
	return describe(grpc_health_v1.File_grpc_health_v1_health_proto, func(method, fullName string) grpc.StreamHandler {
		return func(_ any, raw grpc.ServerStream) error {
			return s.open(raw, fullName, func(raw grpc.ServerStream) error { return calls[method](raw.Context(), s.streamOf(raw)) })
		}
	})
}
