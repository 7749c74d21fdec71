package tokenstore_test

import (
	"fmt"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fastpubsub/fastpubsub/server/internal/token"
	"github.com/fastpubsub/fastpubsub/server/internal/tokenstore"
)

// waiting is how many changes wait one by one before some are joined.
const waiting = 4096

func change(kind tokenstore.ChangeKind, id, description string) tokenstore.Change {
	return tokenstore.Change{Kind: kind, Record: token.Record{ID: id, Description: description}}
}

func take(t *testing.T, w *tokenstore.Watcher) string {
	t.Helper()
	c, err := w.Next(t.Context())
	require.NoError(t, err)
	return fmt.Sprint(c.Kind, " ", c.Record.ID, " ", c.Record.Description)
}

func TestChangesAreJoinedByTokenWhenTooMuchWaits(t *testing.T) {
	var feed tokenstore.Feed
	watcher, err := feed.Watch()
	require.NoError(t, err)
	for n := range waiting - 3 {
		feed.Publish(change(tokenstore.Created, fmt.Sprint(n), ""))
	}
	feed.Publish(change(tokenstore.Updated, "a", "1"), change(tokenstore.Updated, "a", "2"), change(tokenstore.Created, "b", "1"))
	feed.Publish(
		change(tokenstore.Updated, "a", "3"), change(tokenstore.Updated, "b", "2"), change(tokenstore.Created, "c", "1"),
		change(tokenstore.Deleted, "a", "4"), change(tokenstore.Updated, "c", "2"), change(tokenstore.Deleted, "c", "3"),
	)
	for n := range waiting - 3 {
		require.Equal(t, fmt.Sprint("created ", n, " "), take(t, watcher))
	}
	assert.Equal(t, "updated a 1", take(t, watcher))
	feed.Publish(change(tokenstore.Updated, "b", "3")) // it has caught up
	for _, want := range []string{"deleted a 4", "created b 2", "deleted c 3", "updated b 3"} {
		assert.Equal(t, want, take(t, watcher))
	}
	feed.Close()
	_, err = watcher.Next(t.Context())
	assert.ErrorIs(t, err, tokenstore.ErrClosed)
	_, err = feed.Watch()
	assert.ErrorIs(t, err, tokenstore.ErrClosed)
}

func TestNextWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var feed tokenstore.Feed
		watcher, err := feed.Watch()
		require.NoError(t, err)
		got := make(chan string)
		go func() { got <- take(t, watcher) }()
		synctest.Wait()
		select {
		case <-got:
			t.Fatal("there was nothing to take")
		default:
		}
		feed.Publish(change(tokenstore.Created, "a", ""))
		assert.Equal(t, "created a ", <-got)
	})
}
