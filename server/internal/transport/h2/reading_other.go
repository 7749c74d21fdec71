//go:build !unix

package h2

// readReadiness does nothing: the system does not tell that something has arrived
// without a buffer to put it in.
func (c *Conn) readReadiness() {}
