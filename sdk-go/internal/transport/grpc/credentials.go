package grpc

import (
	"context"
	"net"
	"sync"

	"google.golang.org/grpc/credentials"
)

// observedCredentials keep why a TLS handshake failed, which grpc-go passes on as
// a text only.
type observedCredentials struct {
	credentials.TransportCredentials

	mu  sync.Mutex
	err error
}

// ClientHandshake implements credentials.TransportCredentials.
func (o *observedCredentials) ClientHandshake(ctx context.Context, authority string, raw net.Conn) (net.Conn, credentials.AuthInfo, error) {
	conn, info, err := o.TransportCredentials.ClientHandshake(ctx, authority, raw)
	if err != nil {
		o.mu.Lock()
		o.err = err
		o.mu.Unlock()
	}
	return conn, info, err
}

// Clone implements credentials.TransportCredentials. One connection uses them, so
// the original serves.
func (o *observedCredentials) Clone() credentials.TransportCredentials { return o }

// failure is why the handshake failed, or nil.
func (o *observedCredentials) failure() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.err
}
