package memory

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/fastpubsub/fastpubsub/server/internal/token"
	"github.com/fastpubsub/fastpubsub/server/internal/tokenstore"
)

// deleteBatch is how many records DeleteExpired deletes while it holds the lock.
const deleteBatch = 500

// Store is a tokenstore.Store in memory.
type Store struct {
	mu      sync.RWMutex
	records map[string]token.Record
	ids     []string // of records, in order
	closed  bool
	feed    tokenstore.Feed
}

var _ tokenstore.Store = (*Store)(nil)

// New makes an empty store.
func New() *Store { return &Store{records: map[string]token.Record{}} }

// Create keeps a new record.
func (s *Store) Create(ctx context.Context, record token.Record) error {
	record, err := tokenstore.Prepare(record)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.usable(ctx); err != nil {
		return err
	}
	at, exists := slices.BinarySearch(s.ids, record.ID)
	if exists {
		return tokenstore.ErrExists
	}
	s.ids = slices.Insert(s.ids, at, record.ID)
	s.records[record.ID] = record
	s.feed.Publish(tokenstore.Change{Kind: tokenstore.Created, Record: record})
	return nil
}

// Get is the record with this id.
func (s *Store) Get(ctx context.Context, id string) (token.Record, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if err := s.usable(ctx); err != nil {
		return token.Record{}, err
	}
	record, ok := s.records[id]
	if !ok {
		return token.Record{}, tokenstore.ErrNotFound
	}
	return record, nil
}

// Update changes the record with this id.
func (s *Store) Update(ctx context.Context, id string, change func(*token.Record) error) (token.Record, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.usable(ctx); err != nil {
		return token.Record{}, err
	}
	record, ok := s.records[id]
	if !ok {
		return token.Record{}, tokenstore.ErrNotFound
	}
	record, err := tokenstore.Apply(record, change)
	if err != nil {
		return token.Record{}, err
	}
	s.records[id] = record
	s.feed.Publish(tokenstore.Change{Kind: tokenstore.Updated, Record: record})
	return record, nil
}

// List is a page of the records.
func (s *Store) List(ctx context.Context, query tokenstore.Query) ([]token.Record, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if err := s.usable(ctx); err != nil {
		return nil, err
	}
	at, found := slices.BinarySearch(s.ids, query.After)
	if found {
		at++
	}
	var page []token.Record
	for ; at < len(s.ids) && len(page) < query.Limit; at++ {
		record := s.records[s.ids[at]]
		if query.CreatedBy == "" || record.CreatedBy == query.CreatedBy {
			page = append(page, record)
		}
	}
	return page, nil
}

// DeleteExpired deletes the records that ended before a time.
func (s *Store) DeleteExpired(ctx context.Context, before time.Time) (int, error) {
	deleted := 0
	for {
		n, err := s.deleteSome(ctx, before)
		deleted += n
		if err != nil || n < deleteBatch {
			return deleted, err
		}
	}
}

func (s *Store) deleteSome(ctx context.Context, before time.Time) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.usable(ctx); err != nil {
		return 0, err
	}
	deleted := 0
	s.ids = slices.DeleteFunc(s.ids, func(id string) bool {
		record := s.records[id]
		if deleted == deleteBatch || !record.EndsAt().Before(before) {
			return false
		}
		deleted++
		delete(s.records, id)
		s.feed.Publish(tokenstore.Change{Kind: tokenstore.Deleted, Record: record})
		return true
	})
	return deleted, nil
}

// Count is how many records there are.
func (s *Store) Count(ctx context.Context) (int, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return len(s.records), s.usable(ctx)
}

// Watch reports every change from now on.
func (s *Store) Watch(ctx context.Context) (*tokenstore.Watcher, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if err := s.usable(ctx); err != nil {
		return nil, err
	}
	return s.feed.Watch()
}

// Check says whether the store is open.
func (s *Store) Check(ctx context.Context) error {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.usable(ctx)
}

// Close ends the watchers and drops the records.
func (s *Store) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed, s.records, s.ids = true, nil, nil
	s.feed.Close()
	return nil
}

// usable refuses a call on a closed store and one whose context has ended. The
// caller holds the lock.
func (s *Store) usable(ctx context.Context) error {
	if s.closed {
		return tokenstore.ErrClosed
	}
	if err := ctx.Err(); err != nil {
		return tokenstore.Unavailable(err)
	}
	return nil
}
