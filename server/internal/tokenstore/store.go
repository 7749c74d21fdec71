package tokenstore

import (
	"context"
	"time"

	"github.com/fastpubsub/fastpubsub/server/internal/token"
)

// Store keeps the records of access tokens. Any goroutine may call any method.
//
// Errors are ErrNotFound and ErrExists where a method says so, and a plain error
// for a wrong use, like a record without an id. Everything else that fails is an
// *apierror.Error with STORE_UNAVAILABLE and the cause behind it, ErrClosed among
// them. An ended context fails a call that has not begun to write;
// a write that has begun is waited for, so that its outcome is always known.
//
// Records that a store returns are shared: nobody changes an element of their
// lists. Times come back in UTC, without a monotonic reading; empty lists may come
// back nil.
type Store interface {
	// Create keeps a new record, durably before it returns. It copies the record.
	// ErrExists: there is one with this id.
	Create(ctx context.Context, record token.Record) error

	// Get is the record with this id, as of the last write that has returned.
	// ErrNotFound: there is none.
	Get(ctx context.Context, id string) (token.Record, error)

	// Update changes the record with this id, durably before it returns, and
	// returns the new one. No other write comes between what change sees and what
	// it leaves. An error of change is returned as it is, and nothing is written.
	// change works on a copy of its own, may alter ChangedAt, ExpiresAt,
	// Deactivated and RevokedAt, and must not call the store. ErrNotFound: there
	// is no such record.
	Update(ctx context.Context, id string, change func(*token.Record) error) (token.Record, error)

	// List is a page of the records, in the order of their ids.
	List(ctx context.Context, query Query) ([]token.Record, error)

	// DeleteExpired deletes the records whose EndsAt is before a time, and says
	// how many. It works in small steps, so that other writes get their turn; when
	// one fails, those before it stay done and are counted.
	DeleteExpired(ctx context.Context, before time.Time) (int, error)

	// Count is how many records there are, whatever their state.
	Count(ctx context.Context) (int, error)

	// Watch reports every change made after it has returned, by any node. The
	// context is for starting only; the caller must close the watcher.
	Watch(ctx context.Context) (*Watcher, error)

	// Check says whether records can be read and written now.
	Check(ctx context.Context) error

	// Close ends every call and watcher with ErrClosed, once writes that have
	// begun are done. It may be called again.
	Close() error
}

// Query selects a page of records.
type Query struct {
	// CreatedBy selects the records with exactly this CreatedBy. Empty: all.
	CreatedBy string
	// After is the last id of the page before. Empty: the first page.
	After string
	// Limit is how many records the page has at most, at least 1.
	Limit int
}
