package h2

import (
	"context"
	"errors"
	"time"
)

// Context ends with the stream, or at its deadline.
func (s *Stream) Context() context.Context { return (*streamContext)(s) }

// streamContext is a stream as a context.
type streamContext Stream

// Deadline implements context.Context. Deadlines are kept, but not told.
func (c *streamContext) Deadline() (time.Time, bool) { return time.Time{}, false }

// Done implements context.Context.
func (c *streamContext) Done() <-chan struct{} { return c.done }

// Value implements context.Context.
func (c *streamContext) Value(any) any { return nil }

// Err implements context.Context.
func (c *streamContext) Err() error {
	c.conn.mu.Lock()
	defer c.conn.mu.Unlock()
	switch {
	case !c.isDone:
		return nil
	case errors.Is(c.err, context.DeadlineExceeded):
		return context.DeadlineExceeded
	default:
		return context.Canceled
	}
}
