package supervisor

import (
	"context"
	"time"

	"github.com/fastpubsub/fastpubsub/sdk-go/internal/fault"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/session"
)

// How a move is timed. The overlap is for messages that were published before the
// new connection was subscribed and that are still on their way between the nodes;
// during it only the old connection's deliveries are shown.
const (
	overlapTime = 500 * time.Millisecond
	fenceTime   = 5 * time.Second // for the old server to answer, at most
	partingTime = 2 * time.Second // for the closing handshake
)

// move makes a new session before it breaks the old one (SDK-9).
//
//  1. The new session connects and subscribes to everything. The old one goes on.
//  2. Sending pauses, until the old server has handled what was sent to it; then
//     the new session sends. So publishes keep their order.
//  3. After the overlap everything is unsubscribed on the old session. Its
//     acknowledgements come behind its last delivery: then the new session's
//     deliveries are shown.
//  4. The old session closes.
func (v *Supervisor) move(old *session.Session) (*session.Session, *fault.Fault) {
	v.config.Logger.Info("fastpubsub: the server asks to move", "reason", fault.FromContract(old.Going().Reason), "text", old.Going().Text)
	unwatch := v.watch(old)
	next, failure := v.connect(old, false)
	unwatch()
	if failure != nil {
		return nil, v.outlast(old, failure)
	}
	retired := make(chan struct{})
	v.retired = retired
	v.running.Go(func() {
		defer close(retired)
		v.retire(old)
	})
	return next, nil
}

// watch looks after an old session while its successor is being made. The
// returned function ends that.
func (v *Supervisor) watch(old *session.Session) (unwatch func()) {
	quit, watching := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(watching)
		select {
		case <-old.Done():
			v.outbox.Disconnect()
			v.setStatusOf(old, Reconnecting, old.Cause())
		case <-quit:
		}
	}()
	return func() {
		close(quit)
		<-watching
	}
}

// outlast lets a client whose move has failed for good live as long as its old
// session does.
func (v *Supervisor) outlast(old *session.Session, failure *fault.Fault) *fault.Fault {
	select {
	case <-old.Done():
	case <-v.life.Done():
		old.Close(v.closingTime())
		failure = closedByApplication
	}
	old.Abort(failure)
	return failure
}

// takeOver lets the next session send. While it waits nothing is sent: what the
// old session has sent is handled first, and what has been subscribed to since
// the next one asked is subscribed there, too.
func (v *Supervisor) takeOver(old, next *session.Session) error {
	v.outbox.Pause()
	if old != nil {
		ctx, cancel := context.WithDeadline(v.life, soonest(old.Going().Until, fenceTime))
		_ = old.Fence().Wait(ctx, "")
		cancel()
	}
	err := v.resubscribe(next)
	if err == nil && !next.Alive() {
		err = next.Cause()
	}
	if err == nil {
		v.outbox.Attach(next.Consumer())
	} else if old != nil && old.Alive() {
		v.outbox.Attach(old.Consumer())
	}
	return err
}

// retire ends an old session whose successor has taken over.
func (v *Supervisor) retire(old *session.Session) {
	overlap := time.NewTimer(min(overlapTime, time.Until(old.Going().Until)/4))
	defer overlap.Stop()
	select {
	case <-overlap.C:
	case <-old.Done():
	case <-v.life.Done():
	}
	ctx, cancel := context.WithDeadline(v.life, soonest(old.Going().Until, fenceTime))
	defer cancel()
	old.Retire(ctx)
	parting, cancel := context.WithTimeout(v.life, partingTime)
	defer cancel()
	old.Close(parting)
}

// soonest is the earlier one of a time and the end of a span that starts now.
func soonest(t time.Time, span time.Duration) time.Time {
	if end := time.Now().Add(span); end.Before(t) {
		return end
	}
	return t
}
