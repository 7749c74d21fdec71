// Package supervisor is the life of a client: it keeps one session alive, makes
// a new one when a session is lost, moves without a gap when a server asks for
// it, and owns what outlives a session. It knows no transport.
package supervisor

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/fastpubsub/fastpubsub/sdk-go/internal/backoff"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/credential"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/dispatch"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/fault"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/notify"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/outbox"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/registry"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/session"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/transport"
)

// Config is what a client is made of. Every field is set.
type Config struct {
	Dialer  transport.Dialer
	Source  credential.Source
	Backoff backoff.Policy
	// AttemptTimeout bounds one attempt to connect, from the token to the welcome.
	AttemptTimeout time.Duration
	Outbox         outbox.Limits
	// OnState and OnError are called in order, one at a time each.
	OnState func(Status)
	OnError func(*fault.Fault)
	Logger  *slog.Logger
}

// Supervisor is one client. All methods may be called concurrently.
type Supervisor struct {
	config     Config
	outbox     *outbox.Outbox
	registry   *registry.Registry
	dispatcher *dispatch.Dispatcher
	backoff    *backoff.Backoff // of the run goroutine
	states     notify.Notifier
	errors     notify.Notifier

	life    context.Context // ends when the client is to end
	endLife context.CancelFunc
	running sync.WaitGroup
	done    chan struct{} // closed when the client is CLOSED and nothing runs
	retired chan struct{} // closed when no session is being retired; of the run goroutine

	limits  atomic.Pointer[session.Limits]
	current atomic.Pointer[session.Session] // the newest session; may have ended

	mu        sync.Mutex
	status    Status
	changed   chan struct{}   // closed when status changes, and replaced
	connected chan struct{}   // closed at the first CONNECTED
	closing   context.Context // bounds an orderly end; set by Close
}

// Start makes a client and waits until it is connected. It tries until ctx ends
// or there is a reason that makes further attempts useless.
func Start(ctx context.Context, config Config) (*Supervisor, error) {
	v := &Supervisor{
		config:     config,
		outbox:     outbox.New(config.Outbox),
		registry:   registry.New(),
		dispatcher: dispatch.New(),
		backoff:    backoff.New(config.Backoff),
		done:       make(chan struct{}),
		retired:    make(chan struct{}),
		changed:    make(chan struct{}),
		connected:  make(chan struct{}),
	}
	close(v.retired)
	v.limits.Store(&session.DefaultLimits)
	v.life, v.endLife = context.WithCancel(context.WithoutCancel(ctx))
	go v.run()
	select {
	case <-v.connected:
		return v, nil
	case <-v.done:
		return nil, v.Status().Cause
	case <-ctx.Done():
		lastFailure := v.Status().Cause
		v.endLife()
		<-v.done
		return nil, notConnected(ctx, lastFailure)
	}
}

// notConnected is the fault of a caller who waited for a connection in vain.
func notConnected(ctx context.Context, lastFailure *fault.Fault) *fault.Fault {
	gaveUp := fault.FromContext(ctx, "there was no answer yet when the caller gave up waiting for a connection")
	if lastFailure == nil {
		return gaveUp
	}
	failed := *lastFailure
	failed.Text = "no connection before the caller gave up; the last attempt: " + failed.Text
	if failed.Cause = gaveUp.Cause; lastFailure.Cause != nil {
		failed.Cause = &lateFailure{gaveUp: gaveUp.Cause, last: lastFailure.Cause}
	}
	return &failed
}

// lateFailure is why the last attempt failed, of a caller who then gave up.
type lateFailure struct{ gaveUp, last error }

func (l *lateFailure) Error() string { return l.last.Error() }

func (l *lateFailure) Unwrap() []error { return []error{l.gaveUp, l.last} }

// run keeps a session until the client ends.
func (v *Supervisor) run() {
	v.setStatus(Connecting, nil)
	current, cause := v.connect(nil, true)
	for cause == nil {
		current, cause = v.serve(current)
	}
	v.shut(cause)
}

// serve looks after a session until another one takes its place, or until the
// client has to end.
func (v *Supervisor) serve(current *session.Session) (*session.Session, *fault.Fault) {
	stable := time.NewTimer(stableTime)
	defer stable.Stop()
	goAway, retired := current.GoAway(), (<-chan struct{})(nil)
	for {
		select {
		case <-stable.C:
			v.backoff.Reset()
		case <-goAway: // one move after the other
			goAway, retired = nil, v.retired
		case <-retired:
			return v.move(current)
		case <-current.Done():
			return v.reconnect(current)
		case <-v.life.Done():
			current.Close(v.closingTime())
			return nil, closedByApplication
		}
	}
}

// Done is closed when the client is CLOSED and nothing of it runs any more.
func (v *Supervisor) Done() <-chan struct{} { return v.done }

// RTT is the round-trip time that was measured last; 0 when there is none.
func (v *Supervisor) RTT() time.Duration {
	if current := v.current.Load(); current != nil {
		return current.RTT()
	}
	return 0
}
