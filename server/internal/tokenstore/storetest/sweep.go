package storetest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fastpubsub/fastpubsub/server/internal/token"
	"github.com/fastpubsub/fastpubsub/server/internal/tokenstore"
)

func testDeleteExpired(t *testing.T, store tokenstore.Store) {
	longAgo := time.Date(1, 1, 1, 0, 0, 0, 1, time.UTC)
	create(t, store,
		plain(numbered(1), start.Add(-time.Second)), plain(numbered(2), start.Add(-1)), plain(numbered(3), start),
		plain(numbered(4), start.Add(1)), plain(numbered(5), longAgo), plain(numbered(6), start.Add(-time.Hour)), plain(numbered(7), start.Add(time.Hour)))
	_, err := store.Update(t.Context(), numbered(6), extend(2*time.Hour)) // refreshed in time
	require.NoError(t, err)
	_, err = store.Update(t.Context(), numbered(7), func(record *token.Record) error {
		record.ExpiresAt, record.Deactivated, record.ChangedAt = longAgo, true, start.Add(-time.Second)
		return nil
	})
	require.NoError(t, err)

	deleted, err := store.DeleteExpired(t.Context(), start)
	require.NoError(t, err)
	assert.Equal(t, 3, deleted)
	assert.Equal(t, []string{numbered(3), numbered(4), numbered(6), numbered(7)}, walk(t, store, tokenstore.Query{Limit: 100}))
	count, err := store.Count(t.Context())
	require.NoError(t, err)
	assert.Equal(t, 4, count)
	_, err = store.Get(t.Context(), numbered(1))
	assert.ErrorIs(t, err, tokenstore.ErrNotFound)

	deleted, err = store.DeleteExpired(t.Context(), start)
	require.NoError(t, err)
	assert.Zero(t, deleted)
	deleted, err = store.DeleteExpired(t.Context(), start.Add(365*24*time.Hour))
	require.NoError(t, err)
	assert.Equal(t, 4, deleted)
}

func testDeleteManyExpired(t *testing.T, store tokenstore.Store) {
	const records = 1203
	failed := make(chan error, records)
	for n := range records {
		go func() {
			record := plain(numbered(n), start.Add(time.Duration(n%2)*time.Hour))
			record.CreatedBy = "creator"
			failed <- store.Create(t.Context(), record)
		}()
	}
	for range records {
		require.NoError(t, <-failed)
	}
	deleted, err := store.DeleteExpired(t.Context(), start.Add(time.Minute))
	require.NoError(t, err)
	assert.Equal(t, 602, deleted)
	deleted, err = store.DeleteExpired(t.Context(), start.Add(2*time.Hour))
	require.NoError(t, err)
	assert.Equal(t, 601, deleted)
	assert.Empty(t, walk(t, store, tokenstore.Query{Limit: 10}))
	assert.Empty(t, walk(t, store, tokenstore.Query{CreatedBy: "creator", Limit: 10}))
}
