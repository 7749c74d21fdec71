package cli

import (
	"context"
	"io"
)

// interruptibleReader is a reader whose Read ends with its context, too. What the
// reader underneath still brings after that is lost. One goroutine reads.
type interruptibleReader struct {
	ctx  context.Context //nolint:containedctx // io.Reader has no room for it
	from io.Reader
	size int
}

type read struct {
	content []byte
	err     error
}

// Read reads at most size bytes at once.
func (r *interruptibleReader) Read(to []byte) (int, error) {
	done := make(chan read, 1)
	own := make([]byte, min(len(to), r.size))
	go func() {
		n, err := r.from.Read(own)
		done <- read{own[:n], err}
	}()
	select {
	case got := <-done:
		return copy(to, got.content), got.err
	case <-r.ctx.Done():
		return 0, interruption(r.ctx)
	}
}

// input is standard input, until ctx ends.
func (a *app) input(ctx context.Context) io.Reader {
	return &interruptibleReader{ctx: ctx, from: a.Stdin, size: lineBufferBytes}
}
