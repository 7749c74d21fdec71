package bolt

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"

	"go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"

	"github.com/fastpubsub/fastpubsub/server/internal/tokenstore"
)

// Store is a tokenstore.Store in a directory.
type Store struct {
	db      *bbolt.DB
	decoded decodedRecords
	feed    tokenstore.Feed

	failing atomic.Bool // whether the last write failed

	writes    chan *write
	closing   chan struct{}
	closeOnce sync.Once
	closeErr  error
	writer    sync.WaitGroup
}

var _ tokenstore.Store = (*Store)(nil)

// Open opens the store in a directory, which is created with mode 0700 if it is
// missing. ErrInUse: another process has it open, or this one. The caller must
// close the store.
func Open(dir string) (*Store, error) {
	db, err := openFile(dir)
	if err != nil {
		return nil, err
	}
	s := &Store{db: db, decoded: newDecodedRecords(), writes: make(chan *write), closing: make(chan struct{})}
	s.writer.Go(s.writeUntilClosed)
	return s, nil
}

// Count is how many records there are.
func (s *Store) Count(ctx context.Context) (records int, err error) {
	if err := s.usable(ctx); err != nil {
		return 0, err
	}
	err = s.view(func(tx *bbolt.Tx) error {
		records = count(tx)
		return nil
	})
	return records, err
}

// Watch reports every change from now on.
func (s *Store) Watch(ctx context.Context) (*tokenstore.Watcher, error) {
	if err := s.usable(ctx); err != nil {
		return nil, err
	}
	return s.feed.Watch()
}

// Check reads the file; and it writes to it if the last write failed, so that a
// disk that is full no more is noticed.
func (s *Store) Check(ctx context.Context) error {
	if err := s.usable(ctx); err != nil {
		return err
	}
	err := s.view(func(tx *bbolt.Tx) error {
		if err := checkFormat(tx); err != nil {
			return tokenstore.Unavailable(err)
		}
		return nil
	})
	if err != nil {
		return err
	}
	if !s.failing.Load() {
		return nil
	}
	return s.write(ctx, rewriteFormat)
}

// Close ends the writer and the watchers and gives the directory free.
func (s *Store) Close() error {
	s.closeOnce.Do(func() {
		close(s.closing)
		s.writer.Wait()
		s.feed.Close()
		s.closeErr = s.db.Close()
	})
	return s.closeErr
}

// view reads the file. The error is what read returned, unless the file cannot be
// read at all.
func (s *Store) view(read func(*bbolt.Tx) error) error {
	var outcome error
	err := s.db.View(func(tx *bbolt.Tx) error {
		outcome = read(tx)
		return nil
	})
	switch {
	case errors.Is(err, bolterrors.ErrDatabaseNotOpen):
		return tokenstore.ErrClosed
	case err != nil:
		return tokenstore.Unavailable(err)
	}
	return outcome
}

func (s *Store) usable(ctx context.Context) error {
	select {
	case <-s.closing:
		return tokenstore.ErrClosed
	default:
	}
	if err := ctx.Err(); err != nil {
		return tokenstore.Unavailable(err)
	}
	return nil
}
