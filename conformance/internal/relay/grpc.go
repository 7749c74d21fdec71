package relay

import (
	"context"
	"errors"
	"io"
	"net"

	rpc "google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"

	fastpubsubv1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/v1"
)

// grpcSide carries sessions over gRPC.
type grpcSide struct {
	fastpubsubv1.UnimplementedPubSubServiceServer
	relay    *Relay
	listener net.Listener
	server   *rpc.Server
	target   *rpc.ClientConn
}

func newGRPCSide(relay *Relay, target string) (*grpcSide, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	connection, err := rpc.NewClient(target, rpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		_ = listener.Close()
		return nil, err
	}
	s := &grpcSide{relay: relay, listener: listener, server: rpc.NewServer(), target: connection}
	fastpubsubv1.RegisterPubSubServiceServer(s.server, s)
	go func() { _ = s.server.Serve(listener) }() // ends with Stop
	return s, nil
}

func (s *grpcSide) addr() string { return s.listener.Addr().String() }

func (s *grpcSide) close() {
	s.server.Stop()
	_ = s.target.Close()
}

// Session implements the service: one session of the relay is one of the server.
func (s *grpcSide) Session(client fastpubsubv1.PubSubService_SessionServer) error {
	incoming, _ := metadata.FromIncomingContext(client.Context())
	ctx, cancel := context.WithCancel(metadata.NewOutgoingContext(client.Context(), metadata.MD{"authorization": incoming.Get("authorization")}))
	defer cancel()
	server, err := fastpubsubv1.NewPubSubServiceClient(s.target).Session(ctx)
	if err != nil {
		return err
	}
	link, remove := s.relay.open(client.Send, cancel)
	defer remove()
	go link.passCommands(client, server, cancel)
	for {
		frame, err := server.Recv()
		if reason, ended := link.endedFor(); ended {
			return statusOf(reason)
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := link.pass(frame); err != nil {
			return err
		}
	}
}

// passCommands passes a client's frames on to the server until either ends.
func (l *link) passCommands(client fastpubsubv1.PubSubService_SessionServer, server fastpubsubv1.PubSubService_SessionClient, cancel func()) {
	for {
		frame, err := client.Recv()
		if errors.Is(err, io.EOF) {
			_ = server.CloseSend() // never fails
			return
		}
		if err == nil {
			l.hear(frame)
			err = server.Send(frame)
		}
		if err != nil {
			cancel()
			return
		}
	}
}
