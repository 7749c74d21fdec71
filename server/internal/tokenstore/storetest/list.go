package storetest

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fastpubsub/fastpubsub/server/internal/token"
	"github.com/fastpubsub/fastpubsub/server/internal/tokenstore"
)

// walk reads all pages and gives the ids.
func walk(t *testing.T, store tokenstore.Store, query tokenstore.Query) []string {
	t.Helper()
	var ids []string
	for {
		page, err := store.List(t.Context(), query)
		require.NoError(t, err)
		require.LessOrEqual(t, len(page), query.Limit)
		for _, record := range page {
			ids = append(ids, record.ID)
		}
		if len(page) < query.Limit {
			return ids
		}
		query.After = page[len(page)-1].ID
	}
}

func testPages(t *testing.T, store tokenstore.Store) {
	assert.Empty(t, walk(t, store, tokenstore.Query{Limit: 10}))
	var want []string
	for n := range 25 {
		want = append(want, numbered(n))
		create(t, store, plain(numbered((n*7)%25), start))
	}
	for _, limit := range []int{1, 2, 5, 24, 25, 26, 1000} {
		assert.Equal(t, want, walk(t, store, tokenstore.Query{Limit: limit}))
	}
	after, err := store.List(t.Context(), tokenstore.Query{After: numbered(3) + "0", Limit: 2})
	require.NoError(t, err)
	require.Len(t, after, 2)
	assert.Equal(t, []string{numbered(4), numbered(5)}, []string{after[0].ID, after[1].ID}, "the page begins behind an id that is gone")

	create(t, store, full("zzz"))
	last, err := store.List(t.Context(), tokenstore.Query{After: numbered(24), Limit: 5})
	require.NoError(t, err)
	assert.Equal(t, []token.Record{full("zzz")}, last)
}

func testPagesOfOneCreator(t *testing.T, store tokenstore.Store) {
	creators := []string{"a", "ab", "b", "", "a\x00", "\x01a", "é"}
	want := map[string][]string{}
	for n := range 70 {
		record := plain(numbered(n), start)
		record.CreatedBy = creators[n%len(creators)]
		create(t, store, record)
		want[record.CreatedBy] = append(want[record.CreatedBy], record.ID)
	}
	for creator, ids := range want {
		if creator == "" {
			continue
		}
		for _, limit := range []int{1, 3, 10, 100} {
			assert.Equal(t, ids, walk(t, store, tokenstore.Query{CreatedBy: creator, Limit: limit}), "%q", creator)
		}
	}
	assert.Empty(t, walk(t, store, tokenstore.Query{CreatedBy: "abc", Limit: 3}))

	_, err := store.Update(t.Context(), want["ab"][0], extend(1))
	require.NoError(t, err)
	assert.Equal(t, want["ab"], walk(t, store, tokenstore.Query{CreatedBy: "ab", Limit: 3}), "an update keeps the place")
}
