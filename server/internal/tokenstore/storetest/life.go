package storetest

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fastpubsub/fastpubsub/server/internal/apierror"
	"github.com/fastpubsub/fastpubsub/server/internal/token"
	"github.com/fastpubsub/fastpubsub/server/internal/tokenstore"
)

// each calls every method that can fail and gives the errors.
func each(ctx context.Context, store tokenstore.Store) map[string]error {
	errs := map[string]error{"create": store.Create(ctx, plain("another", start)), "check": store.Check(ctx)}
	_, errs["get"] = store.Get(ctx, numbered(1))
	_, errs["update"] = store.Update(ctx, numbered(1), func(*token.Record) error { return nil })
	_, errs["list"] = store.List(ctx, tokenstore.Query{Limit: 1})
	_, errs["delete expired"] = store.DeleteExpired(ctx, start.Add(24*time.Hour))
	_, errs["count"] = store.Count(ctx)
	_, errs["watch"] = store.Watch(ctx)
	return errs
}

func testEndedContext(t *testing.T, store tokenstore.Store) {
	create(t, store, plain(numbered(1), start))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for name, err := range each(ctx, store) {
		assert.ErrorIs(t, err, context.Canceled, name)
		assert.Equal(t, apierror.StoreUnavailable, apierror.ReasonOf(err), name)
	}
	assert.Equal(t, []string{numbered(1)}, walk(t, store, tokenstore.Query{Limit: 10}), "nothing was written")
}

func testCheck(t *testing.T, store tokenstore.Store) {
	require.NoError(t, store.Check(t.Context()))
	create(t, store, plain(numbered(1), start))
	require.NoError(t, store.Check(t.Context()))
}

func testClose(t *testing.T, store tokenstore.Store) {
	create(t, store, plain(numbered(1), start))
	read, unread := watch(t, store), watch(t, store)
	create(t, store, plain(numbered(2), start))
	assert.Equal(t, numbered(2), next(t, read).Record.ID)
	require.NoError(t, store.Close())
	require.NoError(t, store.Close())

	_, err := read.Next(t.Context())
	assert.ErrorIs(t, err, tokenstore.ErrClosed)
	assert.Equal(t, numbered(2), next(t, unread).Record.ID, "what waited is not lost")
	_, err = unread.Next(t.Context())
	assert.ErrorIs(t, err, tokenstore.ErrClosed)
	for name, err := range each(t.Context(), store) {
		assert.ErrorIs(t, err, tokenstore.ErrClosed, name)
		assert.Equal(t, apierror.StoreUnavailable, apierror.ReasonOf(err), name)
	}
}

func testCloseWhileInUse(t *testing.T, store tokenstore.Store) {
	const writers = 8
	ended := make(chan error)
	for writer := range writers {
		go func() {
			for n := 0; ; n++ {
				if err := store.Create(t.Context(), plain(numbered(n*writers+writer), start)); err != nil {
					ended <- err
					return
				}
				if _, err := store.Get(t.Context(), numbered(n*writers+writer)); err != nil {
					ended <- err
					return
				}
			}
		}()
	}
	watcher := watch(t, store)
	next(t, watcher)
	require.NoError(t, store.Close())
	for range writers {
		err := <-ended
		assert.True(t, errors.Is(err, tokenstore.ErrClosed), err)
	}
}
