package tokenadmin

import (
	"context"
	"log/slog"
	"time"

	"github.com/fastpubsub/fastpubsub/server/internal/tokenstore"
)

const (
	// DefaultRetention is how long a token is known after its end, so that its
	// holder is told TOKEN_EXPIRED or TOKEN_REVOKED and not TOKEN_INVALID. Chosen by
	// us.
	DefaultRetention = time.Hour
	// DefaultSweepInterval is the time between two sweeps. Chosen by us.
	DefaultSweepInterval = time.Minute
)

// SweeperOptions are what a Sweeper needs.
type SweeperOptions struct {
	// Store keeps the tokens. Required.
	Store tokenstore.Store
	// Retention is how long a token is kept after its end. 0: DefaultRetention.
	// Longer where connections outlive their token, because a token must be known
	// to be revoked.
	Retention time.Duration
	// Interval is the time between two sweeps. 0: DefaultSweepInterval.
	Interval time.Duration
	// Now is the clock. Nil: time.Now.
	Now func() time.Time
	// Logger is told what was swept. Nil: nobody is.
	Logger *slog.Logger
}

// Sweeper deletes tokens some time after their end: their expiry, whether they were
// revoked or not, or a week after they were deactivated.
type Sweeper struct {
	options SweeperOptions
}

// NewSweeper makes a Sweeper. It does nothing until Run or Sweep is called.
func NewSweeper(options SweeperOptions) *Sweeper {
	if options.Retention == 0 {
		options.Retention = DefaultRetention
	}
	if options.Interval == 0 {
		options.Interval = DefaultSweepInterval
	}
	if options.Now == nil {
		options.Now = time.Now
	}
	if options.Logger == nil {
		options.Logger = slog.New(slog.DiscardHandler)
	}
	return &Sweeper{options}
}

// Run sweeps now and then at every interval, until the context ends. A sweep that
// fails is logged; the next one makes up for it.
func (s *Sweeper) Run(ctx context.Context) {
	ticker := time.NewTicker(s.options.Interval)
	defer ticker.Stop()
	for {
		deleted, err := s.Sweep(ctx)
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			s.options.Logger.Error("ended access tokens could not be deleted", "deleted", deleted, "error", err)
		case deleted > 0:
			s.options.Logger.Debug("ended access tokens deleted", "deleted", deleted)
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return
		}
	}
}

// Sweep deletes what is to be deleted now, and says how many tokens that were.
func (s *Sweeper) Sweep(ctx context.Context) (int, error) {
	return s.options.Store.DeleteExpired(ctx, s.options.Now().Add(-s.options.Retention))
}
