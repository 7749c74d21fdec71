package bolt

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	bolterrors "go.etcd.io/bbolt/errors"

	"github.com/fastpubsub/fastpubsub/server/internal/apierror"
	"github.com/fastpubsub/fastpubsub/server/internal/token"
	"github.com/fastpubsub/fastpubsub/server/internal/tokenstore"
)

func sized(id string, bytes int) token.Record {
	return token.Record{ID: id, SecretHash: [32]byte{1}, Description: strings.Repeat("x", bytes), ExpiresAt: time.Unix(1, 0).UTC()}
}

// A disk that is full makes the store unavailable until there is room again, and
// what was refused is nowhere.
func TestFullDisk(t *testing.T) {
	store, err := Open(t.TempDir())
	require.NoError(t, err)
	defer func() { require.NoError(t, store.Close()) }()
	watcher, err := store.Watch(t.Context())
	require.NoError(t, err)
	defer watcher.Close()
	require.NoError(t, store.Create(t.Context(), sized("before", 1)))

	store.db.MaxSize = 1 // the file is larger already, and cannot grow
	err = store.Create(t.Context(), sized("refused", 1<<20))
	require.ErrorIs(t, err, bolterrors.ErrMaxSizeReached)
	assert.Equal(t, apierror.StoreUnavailable, apierror.ReasonOf(err))
	assert.True(t, store.failing.Load())
	_, err = store.Get(t.Context(), "refused")
	require.ErrorIs(t, err, tokenstore.ErrNotFound)
	_, err = store.Get(t.Context(), "before")
	require.NoError(t, err, "reading goes on")

	store.db.MaxSize = 0
	require.NoError(t, store.Check(t.Context()), "the check notices that there is room again")
	assert.False(t, store.failing.Load())
	require.NoError(t, store.Create(t.Context(), sized("after", 1<<20)))
	records, err := store.Count(t.Context())
	require.NoError(t, err)
	assert.Equal(t, 2, records)
	for _, want := range []string{"before", "after"} {
		change, err := watcher.Next(t.Context())
		require.NoError(t, err)
		assert.Equal(t, want, change.Record.ID)
	}
}

// While writing fails, the store is not ready.
func TestCheckWhileWritingFails(t *testing.T) {
	store, err := Open(t.TempDir())
	require.NoError(t, err)
	store.failing.Store(true)
	// A write cannot begin: the file is gone from under the store.
	require.NoError(t, store.db.Close())
	err = store.Check(t.Context())
	assert.Equal(t, apierror.StoreUnavailable, apierror.ReasonOf(err))
	err = store.Create(t.Context(), sized("a", 1))
	assert.Equal(t, apierror.StoreUnavailable, apierror.ReasonOf(err))
	require.NoError(t, store.Close())
}

// Records come from the cache only while they are what the file holds.
func TestDecodedRecordsAreNeverStale(t *testing.T) {
	store, err := Open(t.TempDir())
	require.NoError(t, err)
	defer func() { require.NoError(t, store.Close()) }()
	require.NoError(t, store.Create(t.Context(), sized("a", 1)))
	for n := range 100 {
		want := time.Unix(int64(n), 5).UTC()
		_, err := store.Update(t.Context(), "a", func(record *token.Record) error {
			record.ExpiresAt = want
			return nil
		})
		require.NoError(t, err)
		for range 2 {
			got, err := store.Get(t.Context(), "a")
			require.NoError(t, err)
			require.Equal(t, want, got.ExpiresAt)
		}
	}
	_, err = store.DeleteExpired(t.Context(), time.Unix(1000, 0))
	require.NoError(t, err)
	_, err = store.Get(t.Context(), "a")
	require.ErrorIs(t, err, tokenstore.ErrNotFound)
}
