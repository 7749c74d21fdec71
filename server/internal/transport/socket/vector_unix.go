//go:build unix && (!linux || race)

package socket

import "net"

// writeBuffers is WriteBuffers as package net does it.
func (c *Conn) writeBuffers(pieces *net.Buffers) error {
	_, err := pieces.WriteTo(c.Conn)
	return err
}
