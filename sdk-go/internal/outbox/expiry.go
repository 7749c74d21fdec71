package outbox

import (
	"context"
	"time"

	"github.com/fastpubsub/fastpubsub/sdk-go/internal/fault"
)

// expireAt makes sure that the queue is looked through at the deadline.
func (o *Outbox) expireAt(deadline time.Time) {
	if deadline.IsZero() || !o.expiresAt.IsZero() && !deadline.Before(o.expiresAt) {
		return
	}
	o.stopExpiry()
	o.expiresAt = deadline
	o.expiry = time.AfterFunc(time.Until(deadline), o.expire)
}

func (o *Outbox) stopExpiry() {
	if o.expiry != nil {
		o.expiry.Stop()
	}
	o.expiresAt = time.Time{}
}

// expire withdraws what has waited too long.
func (o *Outbox) expire() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.expiresAt = time.Time{}
	now, next := time.Now(), time.Time{}
	for i := range o.queue.all() {
		switch e := &o.queue.all()[i]; {
		case e.deadline.IsZero() || e.withdrawn():
		case !e.deadline.After(now):
			o.withdraw(e.ticket, fault.Wrap(context.DeadlineExceeded, fault.TimedOut,
				"the message could not be sent before its deadline"))
		case next.IsZero() || e.deadline.Before(next):
			next = e.deadline
		}
	}
	o.expireAt(next)
}
