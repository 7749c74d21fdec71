package session

import (
	"context"
	"time"

	"github.com/fastpubsub/fastpubsub/sdk-go/internal/fault"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/receipt"
)

// willEnd keeps the reason that the server gave; the connection ends when the
// server closes it, or a little later.
func (s *Session) willEnd(cause *fault.Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cause == nil && !s.ended {
		s.cause = cause
		s.endLater(cause)
	}
}

// endLater ends the session unless the reader does it first. s.mu is held.
func (s *Session) endLater(cause *fault.Fault) {
	if s.lastWord == nil {
		s.lastWord = time.AfterFunc(lastWordTime, func() { s.end(cause) })
	}
}

// end ends the session, once: the first cause counts. Everything that waits for
// an answer learns that none will come.
func (s *Session) end(cause *fault.Fault) {
	publishes, commands, first := s.takePending(cause)
	if !first {
		return
	}
	s.conn.Abort()
	s.config.Outbox.Detach(s.consumer)
	s.feed.Finish()
	s.ledger.Close()
	for _, r := range publishes {
		r.Complete(lost(s.Cause()))
	}
	s.config.Outbox.Release(len(publishes))
	for _, c := range commands {
		c.abandon(s.Cause())
	}
	close(s.done)
}

func (s *Session) takePending(cause *fault.Fault) (map[uint64]*receipt.Receipt, map[uint64]command, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ended {
		return nil, nil, false
	}
	s.ended = true
	if s.cause == nil {
		s.cause = cause
	}
	if s.lastWord != nil {
		s.lastWord.Stop()
	}
	publishes, commands := s.publishes, s.commands
	s.publishes, s.commands, s.control = nil, nil, nil
	return publishes, commands, true
}

// Abort cuts the connection.
func (s *Session) Abort(cause *fault.Fault) {
	s.end(cause)
	s.running.Wait()
}

// Close ends the session in order: what the session itself has queued goes out,
// the peer is told, and its own end is waited for until ctx ends.
func (s *Session) Close(ctx context.Context) {
	s.mu.Lock()
	s.finishing = true
	s.mu.Unlock()
	s.consumer.Signal()
	select {
	case <-s.done:
	case <-ctx.Done():
	}
	s.Abort(fault.New(fault.Closed, "the client has closed the connection"))
}
