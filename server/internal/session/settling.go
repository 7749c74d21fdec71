package session

import (
	"runtime/debug"
	"sync/atomic"
	"time"
)

// settling gives memory back after a wave of connects or disconnects. A handshake
// leaves garbage behind that is as large as the connection itself, and a stack
// that is larger than an idle connection needs; without traffic the runtime would
// keep both for minutes. Its zero value, with settle set, is ready for use.
type settling struct {
	settle func()       // gives memory back
	moves  atomic.Int64 // connects and disconnects
	before atomic.Int64 // of them, those before memory was given back last
	armed  atomic.Bool  // a timer runs
}

const (
	// settleMoves is how many connects and disconnects make a wave.
	settleMoves = 1000
	// settleQuiet is how long after the last of them it is over.
	settleQuiet = time.Second
)

// moved counts a connect or a disconnect.
func (s *settling) moved() {
	moves := s.moves.Add(1)
	if moves-s.before.Load() >= settleMoves && !s.armed.Swap(true) {
		s.await(moves)
	}
}

// await waits until there has been no move for a while.
func (s *settling) await(seen int64) {
	time.AfterFunc(settleQuiet, func() {
		if moves := s.moves.Load(); moves != seen {
			s.await(moves)
			return
		}
		s.settle()
		s.before.Store(seen)
		s.armed.Store(false)
	})
}

// settleRuns is how many collections it takes until stacks have shrunk to what
// they hold: each halves them at most. The last gives memory back.
const settleRuns = 2

func giveMemoryBack() {
	for range settleRuns {
		debug.FreeOSMemory()
	}
}
