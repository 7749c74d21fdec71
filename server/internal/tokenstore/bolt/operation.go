package bolt

import (
	"bytes"
	"context"
	"errors"
	"time"

	"go.etcd.io/bbolt"

	"github.com/fastpubsub/fastpubsub/server/internal/token"
	"github.com/fastpubsub/fastpubsub/server/internal/tokenstore"
)

const (
	// maxIDBytes keeps keys of the indexes far below what bbolt takes, 32768 bytes.
	maxIDBytes = 1024
	// maxCreatorBytes likewise.
	maxCreatorBytes = 8192
	// deleteBatch is how many records one transaction of DeleteExpired deletes.
	deleteBatch = 500
)

// Create keeps a new record.
func (s *Store) Create(ctx context.Context, record token.Record) error {
	record, err := tokenstore.Prepare(record)
	if err != nil {
		return err
	}
	if len(record.ID) > maxIDBytes || len(record.CreatedBy) > maxCreatorBytes {
		return errors.New("the record's id or creator is longer than the store takes")
	}
	return s.write(ctx, func(tx *bbolt.Tx) (changes []tokenstore.Change, refusal, failure error) {
		if tx.Bucket(tokensBucket).Get([]byte(record.ID)) != nil {
			return nil, tokenstore.ErrExists, nil
		}
		return []tokenstore.Change{{Kind: tokenstore.Created, Record: record}}, nil, insert(tx, &record)
	})
}

// Update changes the record with this id.
func (s *Store) Update(ctx context.Context, id string, change func(*token.Record) error) (token.Record, error) {
	var updated token.Record
	err := s.write(ctx, func(tx *bbolt.Tx) (changes []tokenstore.Change, refusal, failure error) {
		before, err := get(tx, []byte(id))
		if err != nil {
			return nil, err, nil
		}
		updated, err = tokenstore.Apply(before, change)
		if err != nil {
			return nil, err, nil
		}
		return []tokenstore.Change{{Kind: tokenstore.Updated, Record: updated}}, nil, replace(tx, &before, &updated)
	})
	if err != nil {
		return token.Record{}, err
	}
	return updated, nil
}

// DeleteExpired deletes the records that ended before a time.
func (s *Store) DeleteExpired(ctx context.Context, before time.Time) (int, error) {
	limit := endKey(before, "")
	for deleted := 0; ; {
		n := 0
		err := s.write(ctx, func(tx *bbolt.Tx) (changes []tokenstore.Change, refusal, failure error) {
			changes, failure = deleteEnded(tx, limit)
			n = len(changes)
			if n == 0 && failure == nil {
				refusal = errNothingToWrite
			}
			return changes, refusal, failure
		})
		if errors.Is(err, errNothingToWrite) {
			return deleted, nil
		}
		if err != nil {
			return deleted, err
		}
		deleted += n
	}
}

// deleteEnded deletes the records that come first among the ends, up to limit.
func deleteEnded(tx *bbolt.Tx, limit []byte) ([]tokenstore.Change, error) {
	var changes []tokenstore.Change
	for _, key := range ended(tx, limit) {
		record, err := get(tx, key[endBytes:])
		if err != nil {
			return nil, err
		}
		if err := remove(tx, &record); err != nil {
			return nil, err
		}
		changes = append(changes, tokenstore.Change{Kind: tokenstore.Deleted, Record: record})
	}
	return changes, nil
}

// ended is the next batch of keys before limit, copied, because what a cursor
// shows does not outlive a deletion.
func ended(tx *bbolt.Tx, limit []byte) [][]byte {
	var keys [][]byte
	cursor := tx.Bucket(endsBucket).Cursor()
	for key, _ := cursor.First(); key != nil && len(keys) < deleteBatch && bytes.Compare(key, limit) < 0; key, _ = cursor.Next() {
		keys = append(keys, bytes.Clone(key))
	}
	return keys
}

// rewriteFormat writes what is there already, to see whether writing works.
func rewriteFormat(tx *bbolt.Tx) (changes []tokenstore.Change, refusal, failure error) {
	return nil, nil, putFormat(tx)
}
