package grpc

import (
	"context"

	"google.golang.org/grpc"
	"google.golang.org/grpc/health/grpc_health_v1"

	"github.com/fastpubsub/fastpubsub/server/internal/apierror"
	"github.com/fastpubsub/fastpubsub/server/internal/transport/rpc"
)

// open serves a call that needs no token: those of the standard services (health,
// reflection). They end when the server stops. Until a caller has been admitted on
// the connection, few of them may be in progress at a time.
func (s *Server) open(stream *stream, serve func(grpc.ServerStream) error) (err error) {
	end, ok := s.connections.enter(stream.connection)
	if !ok {
		return apierror.Newf(apierror.RateLimited,
			"%d calls that show no token are in progress on the connection, the most it may have; end one", maxOpenCalls)
	}
	defer end()
	defer func() {
		if fault := recover(); fault != nil {
			err = rpc.Recovered(stream.Context(), s.options.Logger, stream.method, fault)
		}
	}()
	ctx, cancel := context.WithCancel(stream.Context())
	defer cancel()
	defer context.AfterFunc(s.stopping, cancel)()
	stream.ctx = ctx
	return serve(stream)
}

// healthService is the standard health service, with requests that are read like
// those of our own. Its errors are those of the standard.
func (s *Server) healthService() *grpc.ServiceDesc {
	answers := map[string]answer{
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
	return describe(grpc_health_v1.File_grpc_health_v1_health_proto, func(method, _ string) grpc.StreamHandler {
		return func(_ any, raw grpc.ServerStream) error {
			stream := raw.(*stream)
			return s.open(stream, func(grpc.ServerStream) error { return answers[method](stream.ctx, stream) })
		}
	})
}
