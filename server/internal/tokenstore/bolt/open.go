package bolt

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"
)

const (
	// fileName is the store's file in the data directory.
	fileName = "tokens.db"
	// lockTimeout is how long a locked file is tried. bbolt asks every 50 ms, so
	// this is about two attempts: who waits longer looks as if it hung.
	lockTimeout = 100 * time.Millisecond
)

// ErrInUse says that another server has the data directory open.
var ErrInUse = errors.New("the data directory is in use by another server")

// openFile opens the file in a directory and brings it into being if need be.
func openFile(dir string) (*bbolt.DB, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("the data directory %q cannot be created: %w; create it, or name another one", dir, err)
	}
	path := filepath.Join(dir, fileName)
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{Timeout: lockTimeout, FreelistType: bbolt.FreelistMapType})
	if err != nil {
		return nil, explain(dir, path, err)
	}
	if err := prepare(db, dir); err != nil {
		return nil, errors.Join(fmt.Errorf("the token store %q cannot be used: %w", path, err), db.Close())
	}
	return db, nil
}

// explain says what to do about a file that cannot be opened.
func explain(dir, path string, err error) error {
	switch {
	case errors.Is(err, bolterrors.ErrTimeout):
		return fmt.Errorf("%w: %q; stop that server, or give this one a data directory of its own", ErrInUse, dir)
	case errors.Is(err, bolterrors.ErrInvalid), errors.Is(err, bolterrors.ErrVersionMismatch), errors.Is(err, bolterrors.ErrChecksum):
		return fmt.Errorf("%q is damaged or no token store: %w; restore it from a backup, or move it away to begin without tokens", path, err)
	default:
		return fmt.Errorf("the token store %q cannot be opened: %w", path, err)
	}
}

// prepare makes the buckets of a new file, or checks those of an old one.
func prepare(db *bbolt.DB, dir string) error {
	isNew := false
	err := db.View(func(tx *bbolt.Tx) error {
		if first, _ := tx.Cursor().First(); first == nil {
			isNew = true
			return nil
		}
		return checkFormat(tx)
	})
	if err != nil || !isNew {
		return err
	}
	if err := db.Update(createBuckets); err != nil {
		return err
	}
	return syncDirectories(dir)
}

// syncDirectories makes the file's name and the directory's durable. Windows has
// no such call and needs none.
func syncDirectories(dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	for _, path := range []string{dir, filepath.Dir(filepath.Clean(dir))} {
		d, err := os.Open(path)
		if err != nil {
			return err
		}
		if err := errors.Join(d.Sync(), d.Close()); err != nil {
			return err
		}
	}
	return nil
}
