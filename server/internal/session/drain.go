package session

import (
	"context"
	"time"

	"github.com/fastpubsub/fastpubsub/server/internal/apierror"
)

// Drain takes no more sessions, asks every client to move, waits until all have
// gone, the timeout is over, or the context has ended, and then ends those that
// are left (DL-10). It returns once no session is left. A second call waits for
// the end of the first.
func (r *Registry) Drain(ctx context.Context, timeout time.Duration) {
	if first := r.startDraining(timeout); first {
		for _, s := range r.all() {
			s.Send(s.encoding().GoAway(draining(), timeout))
		}
	}
	timer := time.NewTimer(timeout)
	defer timer.Stop()
	select {
	case <-r.emptied:
		return
	case <-timer.C:
	case <-ctx.Done():
	}
	r.EndAll()
}

// EndAll takes no more sessions and ends those that there are. It returns once
// none is left.
func (r *Registry) EndAll() {
	r.startDraining(0)
	for _, s := range r.all() {
		s.shut(draining())
	}
	<-r.emptied
}

func (r *Registry) startDraining(timeout time.Duration) (first bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.closesAt.IsZero() {
		return false
	}
	r.closesAt = time.Now().Add(timeout)
	r.checkEmptied()
	return true
}

// Draining says whether the registry drains, and when it ends what is left.
func (r *Registry) Draining() (closesAt time.Time, draining bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.closesAt, !r.closesAt.IsZero()
}

// checkEmptied tells Drain that no session is left. The registry is locked.
func (r *Registry) checkEmptied() {
	if !r.closesAt.IsZero() && r.count == 0 && !r.wasClosed {
		r.wasClosed = true
		close(r.emptied)
	}
}

func draining() *apierror.Error {
	return apierror.New(apierror.Draining, "the server is being drained; connect to another one")
}
