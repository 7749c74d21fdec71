package supervisor

import (
	"context"

	"github.com/fastpubsub/fastpubsub/sdk-go/internal/fault"
)

// closedByApplication is what calls get after Close.
var closedByApplication = fault.New(fault.Closed, "the client has been closed")

// Close ends the client: it refuses new publishes, waits until the server has
// handled what was handed over, ends the subscriptions, and leaves nothing
// running (SDK-17). ctx bounds the waiting; when it ends first, what was not
// flushed fails, and Close says so.
func (v *Supervisor) Close(ctx context.Context) error {
	v.outbox.Seal(closedByApplication)
	err := v.flush(ctx)
	v.mu.Lock()
	if v.closing == nil {
		v.closing = ctx
	}
	v.mu.Unlock()
	v.endLife()
	<-v.done
	return err
}

// flush waits until everything that was published has been sent and answered. A
// client without a connection and without anything to send has nothing to wait
// for.
func (v *Supervisor) flush(ctx context.Context) error {
	for {
		changed := v.nextChange()
		if v.Status().State != Connected && v.outbox.Flushed() {
			return nil
		}
		answered := v.outbox.Ping()
		select {
		case <-answered.Done():
			if answered.Err() == nil {
				return nil
			}
			// The connection broke, and the one that has taken over answers the next
			// ping; or the client ends, and nothing answers.
			if v.life.Err() != nil {
				<-v.done
			}
		case <-changed:
		case <-ctx.Done():
		}
		if ctx.Err() != nil {
			return fault.FromContext(ctx, "not everything was flushed when the client was closed")
		}
	}
}

// closingTime bounds an orderly end of a session.
func (v *Supervisor) closingTime() context.Context {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.closing == nil {
		return v.life // has ended: at once
	}
	return v.closing
}

// shut ends what outlives a session.
func (v *Supervisor) shut(cause *fault.Fault) {
	v.endLife()
	v.running.Wait()
	quietly := cause == closedByApplication
	if dropped := v.outbox.Fail(cause); dropped > 0 {
		v.report(fault.Newf(fault.ConnectionLost, "the client ended with %d unacknowledged publishes that had not been sent", dropped))
	}
	v.registry.End(cause, quietly)
	if quietly {
		cause = nil
	}
	v.setStatus(Closed, cause)
	close(v.done)
}
