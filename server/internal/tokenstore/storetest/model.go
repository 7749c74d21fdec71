package storetest

import (
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fastpubsub/fastpubsub/server/internal/token"
	"github.com/fastpubsub/fastpubsub/server/internal/tokenstore"
)

// model is what a store must look like, and what its watcher has told.
type model struct {
	store   tokenstore.Store
	watcher *tokenstore.Watcher
	random  *rand.Rand
	want    map[string]token.Record
	told    map[string]token.Record
}

// testModel makes random calls on a store and on a plain map, which must agree.
func testModel(t *testing.T, store tokenstore.Store) {
	m := &model{
		store: store, watcher: watch(t, store), random: rand.New(rand.NewPCG(1, 2)), //nolint:gosec // reproducible on purpose
		want: map[string]token.Record{}, told: map[string]token.Record{},
	}
	for range 400 {
		switch m.random.IntN(10) {
		case 0, 1, 2, 3:
			m.create(t)
		case 4, 5, 6, 7:
			m.update(t)
		case 8:
			m.deleteExpired(t)
		case 9:
			m.compare(t)
		}
	}
	m.compare(t)
	m.follow(t)
}

func (m *model) id() string           { return numbered(m.random.IntN(60)) }
func (m *model) expiry() time.Time    { return start.Add(time.Duration(m.random.IntN(200)) * time.Second) }
func (m *model) creator() string      { return []string{"", "a", "b"}[m.random.IntN(3)] }
func (m *model) known(id string) bool { _, ok := m.want[id]; return ok }

func (m *model) create(t *testing.T) {
	record := plain(m.id(), m.expiry())
	record.CreatedBy = m.creator()
	err := m.store.Create(t.Context(), record)
	if m.known(record.ID) {
		require.ErrorIs(t, err, tokenstore.ErrExists)
		return
	}
	require.NoError(t, err)
	m.want[record.ID] = record
}

func (m *model) update(t *testing.T) {
	id, expiry := m.id(), m.expiry()
	got, err := m.store.Update(t.Context(), id, func(record *token.Record) error {
		record.ExpiresAt = expiry
		return nil
	})
	if !m.known(id) {
		require.ErrorIs(t, err, tokenstore.ErrNotFound)
		return
	}
	record := m.want[id]
	record.ExpiresAt = expiry
	m.want[id] = record
	require.NoError(t, err)
	require.Equal(t, record, got)
}

func (m *model) deleteExpired(t *testing.T) {
	before := start.Add(time.Duration(m.random.IntN(60)) * time.Second)
	size := len(m.want)
	maps.DeleteFunc(m.want, func(_ string, record token.Record) bool { return record.ExpiresAt.Before(before) })
	deleted, err := m.store.DeleteExpired(t.Context(), before)
	require.NoError(t, err)
	require.Equal(t, size-len(m.want), deleted)
}

func (m *model) compare(t *testing.T) {
	id := m.id()
	got, err := m.store.Get(t.Context(), id)
	require.Equal(t, m.want[id], got)
	require.Equal(t, m.known(id), err == nil)
	count, err := m.store.Count(t.Context())
	require.NoError(t, err)
	require.Equal(t, len(m.want), count)
	for _, creator := range []string{"", "a", "b"} {
		var ids []string
		for _, id := range slices.Sorted(maps.Keys(m.want)) {
			if creator == "" || m.want[id].CreatedBy == creator {
				ids = append(ids, id)
			}
		}
		require.Equal(t, ids, walk(t, m.store, tokenstore.Query{CreatedBy: creator, Limit: 1 + m.random.IntN(70)}))
	}
}

// follow rebuilds the store from its changes alone.
func (m *model) follow(t *testing.T) {
	create(t, m.store, plain("end", start))
	for change := next(t, m.watcher); change.Record.ID != "end"; change = next(t, m.watcher) {
		if change.Kind == tokenstore.Deleted {
			delete(m.told, change.Record.ID)
			continue
		}
		_, known := m.told[change.Record.ID]
		assert.Equal(t, known, change.Kind == tokenstore.Updated)
		m.told[change.Record.ID] = change.Record
	}
	assert.Equal(t, m.want, m.told)
}
