// Package grpc carries session frames over the gRPC stream PubSubService.Session.
package grpc

import (
	"context"

	rpc "google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	fastpubsubv1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/v1"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/transport"
)

const (
	// readLimit is the longest frame that is read, in bytes; a server batches far
	// below it.
	readLimit = 64 << 20
	// streamWindow and connectionWindow are how much the server may send ahead, in
	// bytes. Fixed ones save the pings that measure better ones.
	streamWindow     = 1 << 20
	connectionWindow = 2 << 20
	// socketBuffer is the size of the read and the write buffer, in bytes.
	socketBuffer = 64 << 10
)

// Dialer makes streams to one address, each over a connection of its own. A proxy
// is taken from the environment (HTTPS_PROXY, NO_PROXY).
type Dialer struct {
	peer     transport.Peer
	security *transport.Security // nil: no TLS
}

// NewDialer makes a dialer.
func NewDialer(endpoint transport.Endpoint, security transport.Security) *Dialer {
	d := &Dialer{peer: endpoint.Peer()}
	if endpoint.Secure {
		d.security = &security
	}
	return d
}

var sessionStream = rpc.StreamDesc{StreamName: "Session", ServerStreams: true, ClientStreams: true}

// Dial implements transport.Dialer. The server may refuse the token only with the
// first Receive.
func (d *Dialer) Dial(ctx context.Context, token string) (transport.Conn, error) {
	channel := NewCredentials(d.security)
	client, err := rpc.NewClient(d.peer.Host, d.options(channel)...)
	if err != nil {
		return nil, transport.CannotConnect(d.peer, Plain(err))
	}
	life, end := context.WithCancel(context.WithoutCancel(ctx))
	stopWaiting := context.AfterFunc(ctx, end)
	life = metadata.AppendToOutgoingContext(life, "authorization", "Bearer "+token)
	stream, err := client.NewStream(life, &sessionStream, fastpubsubv1.PubSubService_Session_FullMethodName)
	if !stopWaiting() && (err == nil || status.Code(err) == codes.Canceled) {
		err = ctx.Err()
	}
	if err != nil {
		end()
		_ = client.Close()
		return nil, faultOfDial(d.peer, err, channel)
	}
	return &conn{client: client, stream: stream, end: end}, nil
}

func (d *Dialer) options(channel *Credentials) []rpc.DialOption {
	return []rpc.DialOption{
		rpc.WithTransportCredentials(channel),
		rpc.WithUserAgent("fastpubsub-go"),
		rpc.WithDisableServiceConfig(),
		rpc.WithDisableRetry(),
		rpc.WithInitialWindowSize(streamWindow),
		rpc.WithInitialConnWindowSize(connectionWindow),
		rpc.WithReadBufferSize(socketBuffer),
		rpc.WithWriteBufferSize(socketBuffer),
		rpc.WithDefaultCallOptions(rpc.ForceCodecV2(frameCodec{}), rpc.MaxCallRecvMsgSize(readLimit)),
	}
}
