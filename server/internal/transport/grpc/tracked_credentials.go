package grpc

import (
	"net"

	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
)

// trackedCredentials are credentials that tell every call on which connection it is
// made.
type trackedCredentials struct {
	credentials.TransportCredentials
	connections *connections
}

// newTrackedCredentials wraps credentials; nil ones are those of plain text.
func newTrackedCredentials(c credentials.TransportCredentials, connections *connections) *trackedCredentials {
	if c == nil {
		c = insecure.NewCredentials()
	}
	return &trackedCredentials{TransportCredentials: c, connections: connections}
}

// trackedInfo is the AuthInfo of a connection, which every call on it can see.
type trackedInfo struct {
	credentials.AuthInfo
	connection *connection
}

// ServerHandshake implements credentials.TransportCredentials.
func (c *trackedCredentials) ServerHandshake(raw net.Conn) (net.Conn, credentials.AuthInfo, error) {
	conn, info, err := c.TransportCredentials.ServerHandshake(raw)
	if err != nil {
		return nil, nil, err
	}
	connection := c.connections.of(raw)
	if connection == nil {
		return nil, nil, net.ErrClosed
	}
	return conn, trackedInfo{info, connection}, nil
}

// Clone implements credentials.TransportCredentials.
func (c *trackedCredentials) Clone() credentials.TransportCredentials {
	return &trackedCredentials{TransportCredentials: c.TransportCredentials.Clone(), connections: c.connections}
}
