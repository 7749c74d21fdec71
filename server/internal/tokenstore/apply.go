package tokenstore

import (
	"errors"
	"fmt"
	"reflect"

	"github.com/fastpubsub/fastpubsub/server/internal/token"
)

// Prepare is the record as a store keeps it: a copy, with its times in UTC and
// without a monotonic reading. It refuses a record without an id.
func Prepare(record token.Record) (token.Record, error) {
	if record.ID == "" {
		return token.Record{}, errors.New("the record of a token has no id")
	}
	return normalize(record.Clone()), nil
}

// Apply is the record after a change (see Store.Update), with the record itself
// untouched. It refuses a change of what never changes.
func Apply(record token.Record, change func(*token.Record) error) (token.Record, error) {
	changed := record.Clone()
	if err := change(&changed); err != nil {
		return token.Record{}, err
	}
	changed = normalize(changed)
	same := changed
	same.ChangedAt, same.ExpiresAt = record.ChangedAt, record.ExpiresAt
	same.Deactivated, same.RevokedAt = record.Deactivated, record.RevokedAt
	if !reflect.DeepEqual(same, record) {
		return token.Record{}, fmt.Errorf("the change of token %s is not of its life alone", record.ID)
	}
	return changed, nil
}

// normalize leaves of each time what can be written down.
func normalize(record token.Record) token.Record {
	record.CreatedAt = record.CreatedAt.UTC().Round(0)
	record.ChangedAt = record.ChangedAt.UTC().Round(0)
	record.ExpiresAt = record.ExpiresAt.UTC().Round(0)
	record.RevokedAt = record.RevokedAt.UTC().Round(0)
	return record
}
