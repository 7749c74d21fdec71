package storetest

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fastpubsub/fastpubsub/server/internal/token"
	"github.com/fastpubsub/fastpubsub/server/internal/tokenstore"
)

func watch(t *testing.T, store tokenstore.Store) *tokenstore.Watcher {
	t.Helper()
	watcher, err := store.Watch(t.Context())
	require.NoError(t, err)
	t.Cleanup(watcher.Close)
	return watcher
}

func next(t *testing.T, watcher *tokenstore.Watcher) tokenstore.Change {
	t.Helper()
	change, err := watcher.Next(t.Context())
	require.NoError(t, err)
	return change
}

// update extends a token and gives the change that a watcher must see.
func update(t *testing.T, store tokenstore.Store, id string, by time.Duration) tokenstore.Change {
	t.Helper()
	record, err := store.Update(t.Context(), id, extend(by))
	require.NoError(t, err)
	return tokenstore.Change{Kind: tokenstore.Updated, Record: record}
}

// A change waits for the watcher as soon as the call that made it has returned
// (TK-10 needs that).
func testWatch(t *testing.T, store tokenstore.Store) {
	watcher := watch(t, store)
	create(t, store, full(numbered(1)), plain(numbered(2), start))
	updated := update(t, store, numbered(2), time.Second)
	require.ErrorIs(t, store.Create(t.Context(), plain(numbered(1), start)), tokenstore.ErrExists)
	_, err := store.Update(t.Context(), numbered(1), func(*token.Record) error { return errors.New("no") })
	require.Error(t, err)
	_, err = store.DeleteExpired(t.Context(), start.Add(time.Minute))
	require.NoError(t, err)
	create(t, store, plain("end", start))

	assert.Equal(t, tokenstore.Change{Kind: tokenstore.Created, Record: full(numbered(1))}, next(t, watcher))
	assert.Equal(t, tokenstore.Change{Kind: tokenstore.Created, Record: plain(numbered(2), start)}, next(t, watcher))
	assert.Equal(t, updated, next(t, watcher))
	assert.Equal(t, tokenstore.Change{Kind: tokenstore.Deleted, Record: updated.Record}, next(t, watcher))
	assert.Equal(t, "end", next(t, watcher).Record.ID, "what was refused is no change")
}

func testWatchFromNowOn(t *testing.T, store tokenstore.Store) {
	create(t, store, plain(numbered(1), start))
	watcher := watch(t, store)
	create(t, store, plain(numbered(2), start))
	assert.Equal(t, numbered(2), next(t, watcher).Record.ID)
}

func testTwoWatchers(t *testing.T, store tokenstore.Store) {
	stalled, other := watch(t, store), watch(t, store)
	for n := range 10 {
		create(t, store, plain(numbered(n), start))
		assert.Equal(t, numbered(n), next(t, other).Record.ID)
	}
	other.Close()
	create(t, store, plain(numbered(10), start))
	for n := range 11 {
		assert.Equal(t, numbered(n), next(t, stalled).Record.ID)
	}
}

func testWatchOrder(t *testing.T, store tokenstore.Store) {
	const writers, each = 6, 20
	watcher := watch(t, store)
	create(t, store, plain("counter", start))
	var group sync.WaitGroup
	for range writers {
		group.Go(func() {
			for range each {
				_, err := store.Update(t.Context(), "counter", extend(time.Second))
				assert.NoError(t, err)
			}
		})
	}
	assert.Equal(t, tokenstore.Created, next(t, watcher).Kind)
	for n := 1; n <= writers*each; n++ {
		require.Equal(t, start.Add(time.Duration(n)*time.Second), next(t, watcher).Record.ExpiresAt)
	}
	group.Wait()
}

// A watcher that does not read holds no writer up, and learns in the end what
// became of every token.
func testWatcherFarBehind(t *testing.T, store tokenstore.Store) {
	const tokens, rounds = 500, 10 // 5000 changes, more than wait one by one
	watcher := watch(t, store)
	var group sync.WaitGroup
	for n := range tokens {
		group.Go(func() {
			assert.NoError(t, store.Create(t.Context(), plain(numbered(n), start)))
			for range rounds - 1 {
				_, err := store.Update(t.Context(), numbered(n), extend(time.Second))
				assert.NoError(t, err)
			}
		})
	}
	group.Wait()
	create(t, store, plain("end", start))

	seen := map[string]time.Time{}
	taken := 0
	for change := next(t, watcher); change.Record.ID != "end"; change = next(t, watcher) {
		before, known := seen[change.Record.ID]
		assert.Equal(t, !known, change.Kind == tokenstore.Created)
		assert.True(t, change.Record.ExpiresAt.After(before))
		seen[change.Record.ID] = change.Record.ExpiresAt
		taken++
	}
	assert.Less(t, taken, tokens*rounds, "changes were joined")
	require.Len(t, seen, tokens)
	for id, last := range seen {
		require.Equal(t, start.Add((rounds-1)*time.Second), last, id)
	}
}

func testWatcherClosed(t *testing.T, store tokenstore.Store) {
	watcher := watch(t, store)
	create(t, store, plain(numbered(1), start))
	watcher.Close()
	watcher.Close()
	create(t, store, plain(numbered(2), start))
	_, err := watcher.Next(t.Context())
	assert.ErrorIs(t, err, tokenstore.ErrClosed)

	waiting := watch(t, store)
	ended := make(chan error)
	go func() {
		_, err := waiting.Next(t.Context())
		ended <- err
	}()
	waiting.Close()
	assert.ErrorIs(t, <-ended, tokenstore.ErrClosed)
}

func testWatcherContext(t *testing.T, store tokenstore.Store) {
	watcher := watch(t, store)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() {
		_, err := watcher.Next(ctx)
		ended <- err
	}()
	cancel()
	assert.ErrorIs(t, <-ended, context.Canceled)

	create(t, store, plain(numbered(1), start))
	assert.Equal(t, numbered(1), next(t, watcher).Record.ID, "the watcher can still be used")
}
