package storetest

import (
	"crypto/sha256"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fastpubsub/fastpubsub/server/internal/authz"
	"github.com/fastpubsub/fastpubsub/server/internal/token"
	"github.com/fastpubsub/fastpubsub/server/internal/tokenstore"
)

// start is when the tests' tokens are created. Stores have no clock of their own.
var start = time.Date(2026, 3, 1, 12, 0, 0, 123456789, time.UTC)

// numbered is an id; ids sort like their numbers.
func numbered(n int) string { return fmt.Sprintf("%032x", n) }

// plain is a record with no more than every record has.
func plain(id string, expiresAt time.Time) token.Record {
	return token.Record{ID: id, SecretHash: sha256.Sum256([]byte(id)), CreatedAt: start, ChangedAt: start, ExpiresAt: expiresAt}
}

// full is a record with every field set.
func full(id string) token.Record {
	record := plain(id, start.Add(time.Hour+1))
	record.Right = token.Right{
		Grants: []authz.Grant{
			{Tenants: []string{"t1", "", "t.3"}, Publish: []string{"a.#", "(a|b*).>"}, Subscribe: []string{"?.*"}},
			{Tenants: []string{"t2"}, Subscribe: []string{"#"}},
		},
		IPMasks: []string{"192.0.2.0/24", "2001:db8::1"},
		Regions: []string{"eu", "Köln <1> & \"2\""},
		Origins: []string{"https://app.example.com"},
	}
	record.CreatedBy, record.Description = "billing\x00service", "ünï\u2028code"
	record.ChangedAt = start.Add(time.Minute)
	record.Deactivated = true
	record.RevokedAt = start.Add(2 * time.Minute)
	return record
}

func create(t *testing.T, store tokenstore.Store, records ...token.Record) {
	t.Helper()
	for _, record := range records {
		require.NoError(t, store.Create(t.Context(), record))
	}
}

// extend is a change for Update that others can be told from.
func extend(by time.Duration) func(*token.Record) error {
	return func(record *token.Record) error {
		record.ExpiresAt = record.ExpiresAt.Add(by)
		return nil
	}
}
