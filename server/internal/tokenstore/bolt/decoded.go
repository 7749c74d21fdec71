package bolt

import (
	"encoding/binary"

	"go.etcd.io/bbolt"

	"github.com/fastpubsub/fastpubsub/server/internal/token"
	"github.com/fastpubsub/fastpubsub/server/internal/token/lru"
	"github.com/fastpubsub/fastpubsub/server/internal/tokenstore"
)

// decodedBytes is how much is kept decoded, in bytes of the file: some ten
// thousand usual records. Chosen by us.
const decodedBytes = 8 << 20

// decodedRecords saves decoding a record again while its value in the file is the
// same, which the number of the write tells. So nothing has to be forgotten when a
// record changes, and nothing stale is ever given.
type decodedRecords struct {
	cache *lru.Cache[string, decodedRecord]
}

type decodedRecord struct {
	revision uint64
	record   token.Record
}

func newDecodedRecords() decodedRecords {
	return decodedRecords{lru.New[string, decodedRecord](decodedBytes)}
}

// get is what get says, decoded at most once.
func (d decodedRecords) get(tx *bbolt.Tx, id string) (token.Record, error) {
	value := tx.Bucket(tokensBucket).Get([]byte(id))
	if value == nil {
		return token.Record{}, tokenstore.ErrNotFound
	}
	if len(value) < revisionBytes {
		return decode([]byte(id), value)
	}
	revision := binary.BigEndian.Uint64(value)
	if known, ok := d.cache.Get(id); ok && known.revision == revision {
		return known.record, nil
	}
	record, err := decode([]byte(id), value)
	if err == nil {
		d.cache.Put(id, decodedRecord{revision, record}, len(value))
	}
	return record, err
}
