package storetest

import (
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fastpubsub/fastpubsub/server/internal/token"
	"github.com/fastpubsub/fastpubsub/server/internal/tokenstore"
)

func testCreateAndGet(t *testing.T, store tokenstore.Store) {
	local := plain(numbered(2), time.Now().In(time.FixedZone("", 3600)))
	create(t, store, full(numbered(1)), local)

	got, err := store.Get(t.Context(), numbered(1))
	require.NoError(t, err)
	assert.Equal(t, full(numbered(1)), got)

	got, err = store.Get(t.Context(), numbered(2))
	require.NoError(t, err)
	assert.Equal(t, local.ExpiresAt.UTC().Round(0), got.ExpiresAt, "UTC, and no monotonic reading")
	assert.True(t, got.RevokedAt.IsZero())

	count, err := store.Count(t.Context())
	require.NoError(t, err)
	assert.Equal(t, 2, count)
}

func testCreateKeepsACopy(t *testing.T, store tokenstore.Store) {
	record := full(numbered(1))
	create(t, store, record)
	record.Right.Grants[0].Publish[0] = "changed"
	record.Right.Regions[0] = "changed"
	got, err := store.Get(t.Context(), numbered(1))
	require.NoError(t, err)
	assert.Equal(t, full(numbered(1)), got)
}

func testCreateTwice(t *testing.T, store tokenstore.Store) {
	create(t, store, full(numbered(1)))
	assert.ErrorIs(t, store.Create(t.Context(), plain(numbered(1), start)), tokenstore.ErrExists)
	got, err := store.Get(t.Context(), numbered(1))
	require.NoError(t, err)
	assert.Equal(t, full(numbered(1)), got, "the first one stays as it was")
}

func testCreateWithoutID(t *testing.T, store tokenstore.Store) {
	assert.Error(t, store.Create(t.Context(), plain("", start)))
	count, err := store.Count(t.Context())
	require.NoError(t, err)
	assert.Zero(t, count)
}

func testGetUnknown(t *testing.T, store tokenstore.Store) {
	create(t, store, plain("abc", start))
	for _, id := range []string{"", "ab", "abcd", "ABC", "\xff\x00", string(make([]byte, 100_000))} {
		_, err := store.Get(t.Context(), id)
		assert.ErrorIs(t, err, tokenstore.ErrNotFound)
	}
}

func testUpdate(t *testing.T, store tokenstore.Store) {
	create(t, store, plain(numbered(1), start.Add(time.Hour)), plain(numbered(2), start.Add(time.Hour)))
	want := plain(numbered(1), start.Add(-time.Hour))
	want.ChangedAt, want.RevokedAt, want.Deactivated = start.Add(time.Second), start.Add(time.Second), true

	updated, err := store.Update(t.Context(), numbered(1), func(record *token.Record) error {
		assert.Equal(t, plain(numbered(1), start.Add(time.Hour)), *record)
		record.ExpiresAt = want.ExpiresAt.In(time.FixedZone("", -7200))
		record.ChangedAt, record.RevokedAt, record.Deactivated = want.ChangedAt, want.RevokedAt, true
		return nil
	})
	require.NoError(t, err)
	assert.Equal(t, want, updated)
	got, err := store.Get(t.Context(), numbered(1))
	require.NoError(t, err)
	assert.Equal(t, want, got)
	other, err := store.Get(t.Context(), numbered(2))
	require.NoError(t, err)
	assert.Equal(t, plain(numbered(2), start.Add(time.Hour)), other)
}

func testUpdateUnknown(t *testing.T, store tokenstore.Store) {
	_, err := store.Update(t.Context(), numbered(1), func(*token.Record) error {
		assert.Fail(t, "there is nothing to change")
		return nil
	})
	assert.ErrorIs(t, err, tokenstore.ErrNotFound)
}

func testUpdateRefused(t *testing.T, store tokenstore.Store) {
	create(t, store, full(numbered(1)))
	refusal := errors.New("no")
	_, err := store.Update(t.Context(), numbered(1), func(record *token.Record) error {
		record.ExpiresAt = start
		record.Right.Regions[0] = "changed"
		return refusal
	})
	assert.Equal(t, refusal, err)
	got, err := store.Get(t.Context(), numbered(1))
	require.NoError(t, err)
	assert.Equal(t, full(numbered(1)), got)
}

func testUpdateOfTheRest(t *testing.T, store tokenstore.Store) {
	create(t, store, full(numbered(1)))
	for name, change := range map[string]func(*token.Record){
		"id":          func(record *token.Record) { record.ID = numbered(2) },
		"hash":        func(record *token.Record) { record.SecretHash[0]++ },
		"right":       func(record *token.Record) { record.Right.Grants[0].Publish[0] = "changed" },
		"creator":     func(record *token.Record) { record.CreatedBy = "changed" },
		"description": func(record *token.Record) { record.Description = "changed" },
		"creation":    func(record *token.Record) { record.CreatedAt = start.Add(1) },
	} {
		_, err := store.Update(t.Context(), numbered(1), func(record *token.Record) error {
			change(record)
			return nil
		})
		assert.Error(t, err, name)
	}
	got, err := store.Get(t.Context(), numbered(1))
	require.NoError(t, err)
	assert.Equal(t, full(numbered(1)), got)
}

func testConcurrentUpdates(t *testing.T, store tokenstore.Store) {
	const writers, each = 8, 10
	create(t, store, plain(numbered(1), start))
	var group sync.WaitGroup
	for range writers {
		group.Go(func() {
			for range each {
				_, err := store.Update(t.Context(), numbered(1), extend(time.Second))
				assert.NoError(t, err)
			}
		})
	}
	group.Wait()
	got, err := store.Get(t.Context(), numbered(1))
	require.NoError(t, err)
	assert.Equal(t, start.Add(writers*each*time.Second), got.ExpiresAt, "no update is lost")
}

func testConcurrentCreates(t *testing.T, store tokenstore.Store) {
	const writers, ids = 4, 30
	won := make(chan string, writers*ids)
	var group sync.WaitGroup
	for range writers {
		group.Go(func() {
			for n := range ids {
				err := store.Create(t.Context(), plain(numbered(n), start))
				if err == nil {
					won <- numbered(n)
				} else {
					assert.ErrorIs(t, err, tokenstore.ErrExists)
				}
			}
		})
	}
	group.Wait()
	assert.Len(t, won, ids, "each id is created once")
	count, err := store.Count(t.Context())
	require.NoError(t, err)
	assert.Equal(t, ids, count)
}
