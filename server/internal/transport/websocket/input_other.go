//go:build !unix

package websocket

// tried is unused: every read has a buffer in hand.
type tried struct {
	n   int
	err error
}

// readReadiness leaves readable unset.
func (in *input) readReadiness() {}
