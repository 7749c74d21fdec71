package bolt

import (
	"errors"
	"fmt"
	"strconv"

	"go.etcd.io/bbolt"
)

// fileFormat is the format of the file that this package writes and the newest
// that it reads.
const fileFormat = 1

var (
	metaBucket     = []byte("meta")
	tokensBucket   = []byte("tokens")
	creatorsBucket = []byte("creators")
	endsBucket     = []byte("ends")

	formatKey = []byte("format")
	countKey  = []byte("count")
)

func createBuckets(tx *bbolt.Tx) error {
	for _, name := range [][]byte{metaBucket, tokensBucket, creatorsBucket, endsBucket} {
		if _, err := tx.CreateBucket(name); err != nil {
			return err
		}
	}
	return putFormat(tx)
}

func putFormat(tx *bbolt.Tx) error {
	return tx.Bucket(metaBucket).Put(formatKey, []byte(strconv.Itoa(fileFormat)))
}

// checkFormat refuses a file that this package cannot read.
func checkFormat(tx *bbolt.Tx) error {
	meta := tx.Bucket(metaBucket)
	if meta == nil {
		return errors.New("it is a bbolt file of another program; move it away, or name another data directory")
	}
	text := string(meta.Get(formatKey))
	format, err := strconv.Atoi(text)
	switch {
	case err != nil || format < 1:
		return fmt.Errorf("its format is %q, which no version writes; restore it from a backup", text)
	case format > fileFormat:
		return fmt.Errorf("a newer version wrote it (format %d; this version reads up to %d); run that version, or name another data directory", format, fileFormat)
	}
	for _, name := range [][]byte{tokensBucket, creatorsBucket, endsBucket} {
		if tx.Bucket(name) == nil {
			return fmt.Errorf("its part %q is missing; restore it from a backup", name)
		}
	}
	return nil
}
