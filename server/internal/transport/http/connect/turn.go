package connect

import "time"

// writeGrace is how long a write in progress may take after its call has been
// served, before the stream is cut.
const writeGrace = time.Second

// turn lets one goroutine at a time use the sending side of a stream, and nobody once
// the call has ended: net/http allows no use after that.
type turn chan struct{}

func newTurn() turn { return make(turn, 1) }

// take runs use, or refuses when the call has ended.
func (t turn) take(use func() error) error {
	select {
	case t <- struct{}{}:
	default:
		return errEnded
	}
	defer func() { <-t }()
	return use()
}

// end waits for a use in progress and allows no other. When the grace is over it
// unblocks the use.
func (t turn) end(grace <-chan time.Time, unblock func()) {
	select {
	case t <- struct{}{}:
	case <-grace:
		unblock()
		t <- struct{}{}
	}
}
