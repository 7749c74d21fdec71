package grpc

import (
	"context"
	"net"
	"time"

	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/peer"
)

// timedCredentials are credentials that close a connection on which no call is
// made in time.
type timedCredentials struct {
	credentials.TransportCredentials
	timeout time.Duration
}

// newTimedCredentials wraps credentials; nil ones are those of plain text.
func newTimedCredentials(c credentials.TransportCredentials, timeout time.Duration) *timedCredentials {
	if c == nil {
		c = insecure.NewCredentials()
	}
	return &timedCredentials{TransportCredentials: c, timeout: timeout}
}

// timedInfo is the AuthInfo of a connection, which every call on it can see.
type timedInfo struct {
	credentials.AuthInfo
	timer *time.Timer
}

// ServerHandshake implements credentials.TransportCredentials.
func (c *timedCredentials) ServerHandshake(raw net.Conn) (net.Conn, credentials.AuthInfo, error) {
	conn, info, err := c.TransportCredentials.ServerHandshake(raw)
	if err != nil {
		return nil, nil, err
	}
	timer := time.AfterFunc(c.timeout, func() { _ = raw.Close() })
	return conn, timedInfo{info, timer}, nil
}

// Clone implements credentials.TransportCredentials.
func (c *timedCredentials) Clone() credentials.TransportCredentials {
	return &timedCredentials{TransportCredentials: c.TransportCredentials.Clone(), timeout: c.timeout}
}

// called says that a call was made on the connection under ctx: it stays.
func called(ctx context.Context) {
	if p, ok := peer.FromContext(ctx); ok {
		if info, ok := p.AuthInfo.(timedInfo); ok {
			info.timer.Stop()
		}
	}
}
