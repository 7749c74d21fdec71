package session

import (
	"time"

	"github.com/fastpubsub/fastpubsub/sdk-go/internal/fault"
)

// missedPings is after how many intervals without a word from the peer it is
// given up.
const missedPings = 2

// keepAlive pings the peer in the interval that the server has asked for, and
// ends the session when nothing has come for too long. Anything that comes is a
// sign of life.
func (s *Session) keepAlive() {
	ticker := time.NewTicker(s.welcome.KeepAlive)
	defer ticker.Stop()
	s.ping()
	for missed := 0; ; {
		select {
		case <-ticker.C:
		case <-s.done:
			return
		}
		if s.heard.Swap(false) {
			missed = 0
		} else if missed++; missed >= missedPings {
			s.end(fault.Newf(fault.ConnectionLost, "the server has not answered %d pings, %v apart", missedPings, s.welcome.KeepAlive))
			return
		}
		s.ping()
	}
}
