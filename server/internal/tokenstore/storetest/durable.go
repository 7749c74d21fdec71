package storetest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fastpubsub/fastpubsub/server/internal/token"
	"github.com/fastpubsub/fastpubsub/server/internal/tokenstore"
)

// RunDurable tests that a store is the same after it has been closed and opened
// again. open opens the same store each time.
func RunDurable(t *testing.T, open func(t *testing.T) tokenstore.Store) {
	store := open(t)
	updated := plain(numbered(3), start.Add(time.Hour))
	updated.CreatedBy = "creator"
	create(t, store, full(numbered(1)), plain(numbered(2), start), updated, plain(numbered(4), start.Add(-time.Hour)))
	updated = update(t, store, numbered(3), time.Minute).Record
	_, err := store.DeleteExpired(t.Context(), start)
	require.NoError(t, err)
	require.NoError(t, store.Close())

	store = open(t)
	for _, want := range []token.Record{full(numbered(1)), plain(numbered(2), start), updated} {
		got, err := store.Get(t.Context(), want.ID)
		require.NoError(t, err)
		assert.Equal(t, want, got)
	}
	count, err := store.Count(t.Context())
	require.NoError(t, err)
	assert.Equal(t, 3, count)
	assert.Equal(t, []string{numbered(3)}, walk(t, store, tokenstore.Query{CreatedBy: "creator", Limit: 10}))
	deleted, err := store.DeleteExpired(t.Context(), start.Add(time.Hour))
	require.NoError(t, err)
	assert.Equal(t, 1, deleted)
	require.NoError(t, store.Close())
}
