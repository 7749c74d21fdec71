package bolt

import (
	"bytes"
	"context"
	"errors"

	"go.etcd.io/bbolt"

	"github.com/fastpubsub/fastpubsub/server/internal/token"
	"github.com/fastpubsub/fastpubsub/server/internal/tokenstore"
)

// Get is the record with this id.
func (s *Store) Get(ctx context.Context, id string) (record token.Record, err error) {
	if err := s.usable(ctx); err != nil {
		return token.Record{}, err
	}
	err = s.view(func(tx *bbolt.Tx) error {
		record, err = s.decoded.get(tx, id)
		return err
	})
	return record, err
}

// get is the record with this id, or ErrNotFound.
func get(tx *bbolt.Tx, id []byte) (token.Record, error) {
	value := tx.Bucket(tokensBucket).Get(id)
	if value == nil {
		return token.Record{}, tokenstore.ErrNotFound
	}
	return decode(id, value)
}

func decode(id, value []byte) (token.Record, error) {
	record, err := decodeRecord(id, value)
	if err != nil {
		return token.Record{}, tokenstore.Unavailable(err)
	}
	return record, nil
}

// List is a page of the records.
func (s *Store) List(ctx context.Context, query tokenstore.Query) (page []token.Record, err error) {
	if err := s.usable(ctx); err != nil {
		return nil, err
	}
	err = s.view(func(tx *bbolt.Tx) error {
		for id := range ids(tx, query) {
			record, err := get(tx, id)
			if errors.Is(err, tokenstore.ErrNotFound) {
				err = tokenstore.Unavailable(errors.New("the index of creators names a token that is not there"))
			}
			if err != nil {
				return err
			}
			page = append(page, record)
		}
		return nil
	})
	return page, err
}

// ids yields the ids of a page.
func ids(tx *bbolt.Tx, query tokenstore.Query) func(yield func([]byte) bool) {
	bucket, prefix := tokensBucket, []byte(nil)
	if query.CreatedBy != "" {
		bucket, prefix = creatorsBucket, creatorKey(query.CreatedBy, "")
	}
	after := append(bytes.Clone(prefix), query.After...)
	return func(yield func([]byte) bool) {
		cursor := tx.Bucket(bucket).Cursor()
		key, _ := cursor.Seek(after)
		if query.After != "" && bytes.Equal(key, after) {
			key, _ = cursor.Next()
		}
		for range query.Limit {
			if key == nil || !bytes.HasPrefix(key, prefix) || !yield(key[len(prefix):]) {
				return
			}
			key, _ = cursor.Next()
		}
	}
}
