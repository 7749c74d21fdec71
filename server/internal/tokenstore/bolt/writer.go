package bolt

import (
	"context"
	"errors"

	"go.etcd.io/bbolt"

	"github.com/fastpubsub/fastpubsub/server/internal/tokenstore"
)

// groupSize is how many writes share one transaction at most: enough to make the
// disk's part of each small, few enough to keep the transaction short.
const groupSize = 256

// errNothingToWrite rolls a transaction back in which every write was refused.
var errNothingToWrite = errors.New("nothing to write")

// operation is one write inside a transaction. It returns what it changed, or why
// it was refused; a refusal must have written nothing. failure means that the
// file could not be changed, and ends the whole transaction.
type operation func(tx *bbolt.Tx) (changes []tokenstore.Change, refusal, failure error)

// write is an operation on its way.
type write struct {
	ctx     context.Context
	run     operation
	changes []tokenstore.Change
	err     error
	done    chan struct{}
}

// write hands an operation to the writer and waits until it is durable. The
// context counts until the writer takes it.
func (s *Store) write(ctx context.Context, run operation) error {
	w := &write{ctx: ctx, run: run, done: make(chan struct{})}
	if err := s.usable(ctx); err != nil {
		return err
	}
	select {
	case s.writes <- w:
		<-w.done
		return w.err
	case <-ctx.Done():
		return tokenstore.Unavailable(ctx.Err())
	case <-s.closing:
		return tokenstore.ErrClosed
	}
}

// writeUntilClosed makes all writes, in one goroutine, so that changes are
// published in the order in which they became durable.
func (s *Store) writeUntilClosed() {
	for {
		select {
		case first := <-s.writes:
			s.commit(s.group(first))
		case <-s.closing:
			return
		}
	}
}

// group adds to a write those that wait already; it waits for none.
func (s *Store) group(first *write) []*write {
	group := []*write{first}
	for len(group) < groupSize {
		select {
		case next := <-s.writes:
			group = append(group, next)
		default:
			return group
		}
	}
	return group
}

// commit makes a group of writes durable in one transaction, publishes what they
// changed, and tells who waits.
func (s *Store) commit(group []*write) {
	err := s.db.Update(func(tx *bbolt.Tx) error { return runAll(tx, group) })
	if errors.Is(err, errNothingToWrite) {
		err = nil
	} else {
		s.failing.Store(err != nil)
	}
	for _, w := range group {
		switch {
		case w.err != nil:
		case err != nil:
			w.err = tokenstore.Unavailable(err)
		default:
			s.feed.Publish(w.changes...)
		}
		close(w.done)
	}
}

// runAll runs the operations of a group one after another. Each sees what those
// before it wrote.
func runAll(tx *bbolt.Tx, group []*write) error {
	written := false
	for _, w := range group {
		if err := w.ctx.Err(); err != nil {
			w.err = tokenstore.Unavailable(err)
			continue
		}
		changes, refusal, failure := w.run(tx)
		if failure != nil {
			return failure
		}
		w.changes, w.err = changes, refusal
		written = written || refusal == nil
	}
	if !written {
		return errNothingToWrite
	}
	return nil
}
