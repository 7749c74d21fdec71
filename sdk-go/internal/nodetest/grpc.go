package nodetest

import (
	"context"
	"crypto/tls"
	"net"
	"strings"
	"sync"
	"testing"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	fastpubsubv1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/v1"
)

// ServeGRPC serves the node until the test ends, with TLS when there is a
// configuration, and returns the address.
func (n *Node) ServeGRPC(t testing.TB, security *tls.Config) string {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	scheme, options := "grpc://", []grpc.ServerOption(nil)
	if security != nil {
		scheme, options = "grpcs://", []grpc.ServerOption{grpc.Creds(credentials.NewTLS(security.Clone()))}
	}
	server := grpc.NewServer(options...)
	fastpubsubv1.RegisterPubSubServiceServer(server, &service{node: n})
	var serving sync.WaitGroup
	serving.Go(func() { _ = server.Serve(listener) })
	t.Cleanup(func() {
		server.Stop()
		serving.Wait()
	})
	return scheme + listener.Addr().String()
}

type service struct {
	fastpubsubv1.UnimplementedPubSubServiceServer
	node *Node
}

// Session implements the service.
func (s *service) Session(stream grpc.BidiStreamingServer[fastpubsubv1.SessionRequest, fastpubsubv1.SessionResponse]) error {
	token := ""
	if values := metadata.ValueFromIncomingContext(stream.Context(), "authorization"); len(values) > 0 {
		token, _ = strings.CutPrefix(values[0], "Bearer ")
	}
	if refusal := s.node.admit(token); refusal != nil {
		return statusOf(refusal)
	}
	ctx, cancel := context.WithCancel(stream.Context())
	l := &streamLink{stream: stream, ctx: ctx, cancel: cancel, frames: make(chan []byte)}
	go l.receive()
	s.node.serve(l)
	cancel()
	return l.end
}

func statusOf(refusal *Refusal) error {
	plain := status.New(codes.Code(traits(refusal.Reason).GetGrpcCode()), refusal.Text) //nolint:gosec // 0..16
	detailed, err := plain.WithDetails(&errdetails.ErrorInfo{Reason: reasonText(refusal.Reason), Domain: "fastpubsub.v1"})
	if err != nil {
		return err
	}
	return detailed.Err()
}

type streamLink struct {
	stream grpc.BidiStreamingServer[fastpubsubv1.SessionRequest, fastpubsubv1.SessionResponse]
	ctx    context.Context
	cancel context.CancelFunc
	frames chan []byte
	end    error // set before cancel
}

// receive reads the stream, so that close can end a read.
func (l *streamLink) receive() {
	defer close(l.frames)
	for {
		request, err := l.stream.Recv()
		if err != nil {
			return
		}
		encoded, err := proto.Marshal(request)
		if err != nil {
			return
		}
		select {
		case l.frames <- encoded:
		case <-l.ctx.Done():
			return
		}
	}
}

func (l *streamLink) read() ([]byte, error) {
	select {
	case frame, ok := <-l.frames:
		if !ok {
			return nil, net.ErrClosed
		}
		return frame, nil
	case <-l.ctx.Done():
		return nil, l.ctx.Err()
	}
}

func (l *streamLink) write(frame []byte) error {
	var response fastpubsubv1.SessionResponse
	if err := proto.Unmarshal(frame, &response); err != nil {
		return err
	}
	return l.stream.Send(&response)
}

func (l *streamLink) close(refusal *Refusal) {
	l.end = status.Error(codes.Unavailable, "cut")
	if refusal != nil {
		l.end = statusOf(refusal)
	}
	l.cancel()
}
