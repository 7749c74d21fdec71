package bolt_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.etcd.io/bbolt"

	"github.com/fastpubsub/fastpubsub/server/internal/apierror"
	"github.com/fastpubsub/fastpubsub/server/internal/authz"
	"github.com/fastpubsub/fastpubsub/server/internal/token"
	"github.com/fastpubsub/fastpubsub/server/internal/tokenstore"
	"github.com/fastpubsub/fastpubsub/server/internal/tokenstore/bolt"
	"github.com/fastpubsub/fastpubsub/server/internal/tokenstore/storetest"
)

func TestContract(t *testing.T) {
	storetest.Run(t, func(t *testing.T) tokenstore.Store { return open(t, t.TempDir()) })
}

func TestDurable(t *testing.T) {
	dir := t.TempDir()
	storetest.RunDurable(t, func(t *testing.T) tokenstore.Store { return open(t, dir) })
}

func open(t testing.TB, dir string) *bolt.Store {
	t.Helper()
	store, err := bolt.Open(dir)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, store.Close()) })
	return store
}

func record(id string) token.Record {
	at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	return token.Record{
		ID: id, SecretHash: [32]byte{1}, CreatedBy: "test", CreatedAt: at, ChangedAt: at, ExpiresAt: at.Add(time.Hour),
		Right: token.Right{Grants: []authz.Grant{{Tenants: []string{"t"}, Publish: []string{"a.#"}, Subscribe: []string{"a.#"}}}},
	}
}

// edit changes the file behind the store's back.
func edit(t *testing.T, dir string, change func(tx *bbolt.Tx) error) {
	t.Helper()
	db, err := bbolt.Open(filepath.Join(dir, "tokens.db"), 0o600, &bbolt.Options{Timeout: time.Second})
	require.NoError(t, err)
	require.NoError(t, db.Update(change))
	require.NoError(t, db.Close())
}

func TestModes(t *testing.T) {
	if runtime.GOOS == "windows" {
		return // has no such modes
	}
	dir := filepath.Join(t.TempDir(), "made", "data")
	require.NoError(t, open(t, dir).Close())
	for path, want := range map[string]os.FileMode{dir: 0o700, filepath.Dir(dir): 0o700, filepath.Join(dir, "tokens.db"): 0o600} {
		info, err := os.Stat(path)
		require.NoError(t, err)
		assert.Equal(t, want, info.Mode().Perm(), path)
	}
}

func TestASecondStoreOnTheDirectory(t *testing.T) {
	dir := t.TempDir()
	first := open(t, dir)
	_, err := bolt.Open(dir)
	require.ErrorIs(t, err, bolt.ErrInUse)
	assert.Contains(t, err.Error(), dir)
	assert.Contains(t, err.Error(), "stop that server")

	require.NoError(t, first.Create(t.Context(), record("a")), "the first one works on")
	require.NoError(t, first.Close())
	_, err = open(t, dir).Get(t.Context(), "a")
	assert.NoError(t, err)
}

func TestDirectoriesThatCannotBeUsed(t *testing.T) {
	tests := map[string]struct {
		prepare func(t *testing.T, dir string)
		says    string
	}{
		"a file is in its place": {
			func(t *testing.T, dir string) { require.NoError(t, os.WriteFile(dir, nil, 0o600)) }, "cannot be created",
		},
		"a damaged file": {
			func(t *testing.T, dir string) {
				require.NoError(t, os.Mkdir(dir, 0o700))
				require.NoError(t, os.WriteFile(filepath.Join(dir, "tokens.db"), []byte(strings.Repeat("x", 100_000)), 0o600))
			}, "damaged",
		},
		"the bbolt file of another program": {
			func(t *testing.T, dir string) {
				require.NoError(t, os.Mkdir(dir, 0o700))
				edit(t, dir, func(tx *bbolt.Tx) error {
					_, err := tx.CreateBucket([]byte("other"))
					return err
				})
			}, "another program",
		},
		"the format of a newer version": {
			func(t *testing.T, dir string) {
				require.NoError(t, open(t, dir).Close())
				edit(t, dir, func(tx *bbolt.Tx) error { return tx.Bucket([]byte("meta")).Put([]byte("format"), []byte("2")) })
			}, "a newer version wrote it (format 2; this version reads up to 1)",
		},
		"no format": {
			func(t *testing.T, dir string) {
				require.NoError(t, open(t, dir).Close())
				edit(t, dir, func(tx *bbolt.Tx) error { return tx.Bucket([]byte("meta")).Delete([]byte("format")) })
			}, "which no version writes",
		},
		"a part is missing": {
			func(t *testing.T, dir string) {
				require.NoError(t, open(t, dir).Close())
				edit(t, dir, func(tx *bbolt.Tx) error { return tx.DeleteBucket([]byte("ends")) })
			}, `its part "ends" is missing`,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "data")
			test.prepare(t, dir)
			_, err := bolt.Open(dir)
			require.ErrorContains(t, err, test.says)
			assert.Contains(t, err.Error(), dir)
		})
	}
}

func TestRecordsThatCannotBeRead(t *testing.T) {
	tests := map[string]struct{ data, says string }{
		"a newer version":            {`{"v":2}`, "a newer version wrote the record of token \"a\" (version 2"},
		"a newer version, new types": {`{"v":3,"secret_sha256":{"algorithm":"new"}}`, "a newer version wrote the record of token \"a\" (version 3"},
		"no JSON":                    {`{"v":1`, "damaged"},
		"no version":                 {`{}`, "damaged"},
		"nothing":                    {``, "damaged"},
		"a hash of the wrong length": {`{"v":1,"secret_sha256":"AAAA"}`, "damaged"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			store := open(t, dir)
			require.NoError(t, store.Create(t.Context(), record("a")))
			require.NoError(t, store.Create(t.Context(), record("b")))
			require.NoError(t, store.Close())
			edit(t, dir, func(tx *bbolt.Tx) error {
				return tx.Bucket([]byte("tokens")).Put([]byte("a"), append(make([]byte, 8), test.data...))
			})

			store = open(t, dir)
			_, get := store.Get(t.Context(), "a")
			_, list := store.List(t.Context(), tokenstore.Query{Limit: 10})
			_, update := store.Update(t.Context(), "a", func(*token.Record) error { return nil })
			for _, err := range []error{get, list, update} {
				assert.Equal(t, apierror.StoreUnavailable, apierror.ReasonOf(err))
				assert.ErrorContains(t, err, test.says)
				assert.NotContains(t, apierror.From(err).Message(), "damaged", "what is wrong is for the log alone")
			}
			_, err := store.Get(t.Context(), "b")
			assert.NoError(t, err, "the others can be read")
		})
	}
}

// What a record looks like in the file is a promise to later versions.
func TestStoredForm(t *testing.T) {
	dir := t.TempDir()
	store := open(t, dir)
	revoked := record("a")
	revoked.RevokedAt = revoked.CreatedAt.Add(time.Nanosecond)
	require.NoError(t, store.Create(t.Context(), revoked))
	require.NoError(t, store.Close())
	var stored map[string]any
	edit(t, dir, func(tx *bbolt.Tx) error {
		value := tx.Bucket([]byte("tokens")).Get([]byte("a"))
		assert.Equal(t, []byte{0, 0, 0, 0, 0, 0, 0, 1}, value[:8], "the first write")
		return json.Unmarshal(value[8:], &stored)
	})
	assert.Equal(t, map[string]any{
		"v":             1.0,
		"secret_sha256": "AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
		"tenant_grants": []any{map[string]any{"tenant_ids": []any{"t"}, "allow_channels_pub": []any{"a.#"}, "allow_channels_sub": []any{"a.#"}}},
		"created_by":    "test",
		"created_at":    "2026-03-01T12:00:00Z",
		"changed_at":    "2026-03-01T12:00:00Z",
		"expires_at":    "2026-03-01T13:00:00Z",
		"revoked_at":    "2026-03-01T12:00:00.000000001Z",
	}, stored)
}

// Writes that are refused do not touch those that share their transaction.
func TestRefusalsInAGroup(t *testing.T) {
	store := open(t, t.TempDir())
	require.NoError(t, store.Create(t.Context(), record("taken")))
	var group sync.WaitGroup
	for n := range 100 {
		group.Go(func() { assert.NoError(t, store.Create(t.Context(), record(fmt.Sprint(n)))) })
		group.Go(func() { assert.ErrorIs(t, store.Create(t.Context(), record("taken")), tokenstore.ErrExists) })
		group.Go(func() {
			_, err := store.Update(t.Context(), "taken", func(*token.Record) error { return errors.ErrUnsupported })
			assert.ErrorIs(t, err, errors.ErrUnsupported)
		})
	}
	group.Wait()
	count, err := store.Count(t.Context())
	require.NoError(t, err)
	assert.Equal(t, 101, count)
}

func TestRecordsTooLongForTheFile(t *testing.T) {
	store := open(t, t.TempDir())
	long := record("a")
	long.CreatedBy = strings.Repeat("x", 8193)
	assert.Error(t, store.Create(t.Context(), long))
	assert.Error(t, store.Create(t.Context(), record(strings.Repeat("x", 1025))))
	require.NoError(t, store.Create(t.Context(), record("b")))
}
