package bolt

import (
	"encoding/binary"
	"errors"
	"time"

	"go.etcd.io/bbolt"

	"github.com/fastpubsub/fastpubsub/server/internal/token"
)

const (
	// endBytes is the length of a time in a key of the ends.
	endBytes = 8 + 4
	// countBytes is the length of the number of records.
	countBytes = 8
)

// insert writes a new record and its places in the indexes.
func insert(tx *bbolt.Tx, record *token.Record) error {
	return errors.Join(
		put(tx, record),
		tx.Bucket(creatorsBucket).Put(creatorKey(record.CreatedBy, record.ID), nil),
		tx.Bucket(endsBucket).Put(endKey(record.EndsAt(), record.ID), nil),
		setCount(tx, count(tx)+1),
	)
}

// replace writes a record that is there already, with another end perhaps.
func replace(tx *bbolt.Tx, before, after *token.Record) error {
	ends := tx.Bucket(endsBucket)
	return errors.Join(
		put(tx, after),
		ends.Delete(endKey(before.EndsAt(), before.ID)),
		ends.Put(endKey(after.EndsAt(), after.ID), nil),
	)
}

// remove deletes a record and its places in the indexes.
func remove(tx *bbolt.Tx, record *token.Record) error {
	return errors.Join(
		tx.Bucket(tokensBucket).Delete([]byte(record.ID)),
		tx.Bucket(creatorsBucket).Delete(creatorKey(record.CreatedBy, record.ID)),
		tx.Bucket(endsBucket).Delete(endKey(record.EndsAt(), record.ID)),
		setCount(tx, count(tx)-1),
	)
}

// put writes the record alone.
func put(tx *bbolt.Tx, record *token.Record) error {
	tokens := tx.Bucket(tokensBucket)
	revision, err := tokens.NextSequence()
	if err != nil {
		return err
	}
	value, err := encodeRecord(record, revision)
	if err != nil {
		return err
	}
	return tokens.Put([]byte(record.ID), value)
}

// count is how many records there are.
func count(tx *bbolt.Tx) int {
	value := tx.Bucket(metaBucket).Get(countKey)
	if len(value) != countBytes {
		return 0
	}
	return int(binary.BigEndian.Uint64(value)) //nolint:gosec // setCount wrote it
}

func setCount(tx *bbolt.Tx, records int) error {
	return tx.Bucket(metaBucket).Put(countKey, binary.BigEndian.AppendUint64(nil, uint64(records))) //nolint:gosec // never negative
}

// creatorKey begins with the length, so that no other creator's keys begin with it.
func creatorKey(createdBy, id string) []byte {
	key := binary.AppendUvarint(nil, uint64(len(createdBy)))
	key = append(key, createdBy...)
	return append(key, id...)
}

// endKey sorts by time, then by id.
func endKey(end time.Time, id string) []byte {
	// The sign bit is turned so that times before 1970 come first.
	key := binary.BigEndian.AppendUint64(nil, uint64(end.Unix())^(1<<63)) //nolint:gosec // two's complement is meant
	key = binary.BigEndian.AppendUint32(key, uint32(end.Nanosecond()))    //nolint:gosec // 0 to 999,999,999
	return append(key, id...)
}
