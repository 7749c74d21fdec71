package notify_test

import (
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"

	"github.com/fastpubsub/fastpubsub/sdk-go/internal/notify"
)

func TestCallsRunInOrderAndOneAtATime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var n notify.Notifier
		var got []int
		for i := range 100 {
			assert.True(t, n.Call(func() { got = append(got, i) }))
		}
		synctest.Wait()
		assert.Len(t, got, 100)
		assert.IsIncreasing(t, got)
	})
}

// SDK-11: a handler that takes its time holds nobody up, and memory is bounded.
func TestASlowHandlerBlocksNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var n notify.Notifier
		release := make(chan struct{})
		n.Call(func() { <-release })
		synctest.Wait()
		taken := 0
		for range 5000 {
			if n.Call(func() {}) {
				taken++
			}
		}
		assert.Equal(t, 1024, taken)
		close(release)
		synctest.Wait()
		assert.True(t, n.Call(func() {}))
	})
}

// A handler may call back: it is not run under a lock.
func TestAHandlerMayCallAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var n notify.Notifier
		again := false
		n.Call(func() { n.Call(func() { again = true }) })
		synctest.Wait()
		assert.True(t, again)
	})
}
