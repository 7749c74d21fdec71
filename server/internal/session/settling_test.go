package session

import (
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
)

// Memory is given back once a wave of connects is over, not while it goes on, and
// not for a few.
func TestSettling(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var settled atomic.Int32
		s := settling{settle: func() { settled.Add(1) }}
		moves := func(n int) {
			for range n {
				s.moved()
			}
		}
		moves(settleMoves - 1)
		time.Sleep(time.Hour)
		assert.Zero(t, settled.Load(), "a few")

		moves(1)
		for range 10 { // more come all the time
			time.Sleep(settleQuiet * 3 / 4)
			moves(1)
		}
		synctest.Wait()
		assert.Zero(t, settled.Load(), "the wave goes on")
		time.Sleep(2*settleQuiet + 1)
		synctest.Wait()
		assert.EqualValues(t, 1, settled.Load())

		time.Sleep(time.Hour)
		moves(settleMoves - 1)
		time.Sleep(time.Hour)
		assert.EqualValues(t, 1, settled.Load(), "nothing since")
		moves(1)
		time.Sleep(time.Hour)
		assert.EqualValues(t, 2, settled.Load(), "another wave")
	})
}
