package grpc

import (
	"google.golang.org/grpc"
)

// routes are the methods that are served, by their paths. They take services as
// grpc-go's server does, so that its standard services can be served; but methods
// that are streams only.
type routes struct {
	methods  map[string]func(*stream) error
	services map[string]grpc.ServiceInfo
	open     func(stream *stream, serve func(grpc.ServerStream) error) error
}

// newRoutes makes routes. open serves the calls of services that have an
// implementation: they are the standard ones, and need no token.
func newRoutes(open func(stream *stream, serve func(grpc.ServerStream) error) error) routes {
	return routes{methods: map[string]func(*stream) error{}, services: map[string]grpc.ServiceInfo{}, open: open}
}

// RegisterService implements grpc.ServiceRegistrar.
func (r routes) RegisterService(desc *grpc.ServiceDesc, implementation any) {
	info := grpc.ServiceInfo{Metadata: desc.Metadata}
	for _, method := range desc.Streams {
		info.Methods = append(info.Methods, grpc.MethodInfo{
			Name: method.StreamName, IsClientStream: method.ClientStreams, IsServerStream: method.ServerStreams,
		})
		serve := func(stream *stream) error { return method.Handler(nil, stream) }
		if implementation != nil {
			serve = func(stream *stream) error {
				return r.open(stream, func(s grpc.ServerStream) error { return method.Handler(implementation, s) })
			}
		}
		r.methods["/"+desc.ServiceName+"/"+method.StreamName] = serve
	}
	r.services[desc.ServiceName] = info
}

// GetServiceInfo implements reflection.ServiceInfoProvider.
func (r routes) GetServiceInfo() map[string]grpc.ServiceInfo { return r.services }
