package storetest

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/fastpubsub/fastpubsub/server/internal/tokenstore"
)

// Run tests the contract of tokenstore.Store. open makes an empty store; Run
// closes it.
func Run(t *testing.T, open func(t *testing.T) tokenstore.Store) {
	tests := []struct {
		name string
		test func(*testing.T, tokenstore.Store)
	}{
		{"create and get", testCreateAndGet},
		{"create keeps a copy", testCreateKeepsACopy},
		{"create twice", testCreateTwice},
		{"create without an id", testCreateWithoutID},
		{"get of an unknown id", testGetUnknown},
		{"update", testUpdate},
		{"update of an unknown id", testUpdateUnknown},
		{"update whose change refuses", testUpdateRefused},
		{"update of what never changes", testUpdateOfTheRest},
		{"concurrent updates", testConcurrentUpdates},
		{"concurrent creates", testConcurrentCreates},
		{"pages", testPages},
		{"pages of one creator", testPagesOfOneCreator},
		{"delete expired", testDeleteExpired},
		{"delete many expired", testDeleteManyExpired},
		{"watch", testWatch},
		{"watch from now on", testWatchFromNowOn},
		{"two watchers", testTwoWatchers},
		{"watch in the order of durability", testWatchOrder},
		{"a watcher far behind", testWatcherFarBehind},
		{"a watcher is closed", testWatcherClosed},
		{"a watcher's context ends", testWatcherContext},
		{"an ended context", testEndedContext},
		{"check", testCheck},
		{"close", testClose},
		{"close while in use", testCloseWhileInUse},
		{"the model", testModel},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			store := open(t)
			defer func() { assert.NoError(t, store.Close()) }()
			test.test(t, store)
		})
	}
}
