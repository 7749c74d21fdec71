package session

import (
	"errors"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/time/rate"

	"github.com/fastpubsub/fastpubsub/server/internal/admission"
	"github.com/fastpubsub/fastpubsub/server/internal/apierror"
	"github.com/fastpubsub/fastpubsub/server/internal/hub"
	"github.com/fastpubsub/fastpubsub/server/internal/outbox"
)

// How long a session that the server ends may take to write what is queued. One
// that has lost its right to be here, or that reads too slowly, gets only the
// reason, in a time that leaves the transport some of the second within which a
// revocation has to be done (TK-10).
const (
	flushTimeout   = 2 * time.Second
	dismissTimeout = 300 * time.Millisecond
)

// dismisses says whether a session that ends for this reason gets nothing more of
// what is queued for it.
func dismisses(reason apierror.Reason) bool {
	return reason == apierror.SlowConsumer || reason == apierror.TokenRevoked || reason == apierror.TokenExpired
}

// Session is one client. Its commands (Subscribe, Unsubscribe, Publish,
// Authenticate, Ping, Refuse, SetCodec) are called by one goroutine at a time,
// in the order in which the client sent them; everything else by any. No method
// waits for a slow peer.
type Session struct {
	registry   *Registry
	id         uint64
	peer       Peer
	transport  Transport
	codec      atomic.Pointer[Codec]
	outbox     *outbox.Outbox
	subscriber *hub.Subscriber
	admission  atomic.Pointer[admission.Admission]
	limiter    *rate.Limiter // nil: no limit
	publishing publishing

	mu            sync.Mutex
	subscriptions subscriptions
	places        places
	detached      bool          // takes no more subscriptions
	over          bool          // nothing is left to do
	done          chan struct{} // closed once it is over; nil: nobody has asked for it

	ended atomic.Bool
	cause *apierror.Error // why it ended; set before it is over
}

func newSession(r *Registry, a *admission.Admission, p Peer, c Codec, t Transport) *Session {
	s := &Session{registry: r, id: r.lastID.Add(1), peer: p, transport: t}
	s.codec.Store(&c)
	s.admission.Store(a)
	s.outbox = outbox.New(&r.outbox, t, s)
	s.subscriber = hub.NewSubscriber(s.outbox, c)
	if n := r.options.Limits.PublishesPerSecond; n > 0 {
		s.limiter = rate.NewLimiter(rate.Limit(n), n)
	}
	return s
}

// ID names the session in the server's logs.
func (s *Session) ID() string { return s.registry.options.Node + "-" + strconv.FormatUint(s.id, 10) }

// SetCodec changes the form of everything that is sent from now on.
func (s *Session) SetCodec(c Codec) {
	s.codec.Store(&c)
	s.subscriber.SetEncoder(c)
}

func (s *Session) encoding() Codec { return *s.codec.Load() }

// Send queues a control frame; nil is none.
func (s *Session) Send(f *outbox.Frame) {
	if f != nil {
		s.outbox.Push(f)
	}
}

// Ping answers a ping.
func (s *Session) Ping(r Request) { s.succeed(Success{Requests: []Request{r}}) }

// Refuse answers a command that the transport could not read. It ends the
// session if the catalogue says so.
func (s *Session) Refuse(r Request, err *apierror.Error) {
	s.registry.options.Metrics.Refused(err.Reason())
	if apierror.TraitsOf(err.Reason()).Close != 0 {
		s.shut(err)
		return
	}
	s.Send(s.encoding().Failure(r, err, false))
}

func (s *Session) succeed(success Success) { s.Send(s.encoding().Success(success)) }

// Done is closed once the session has ended and its transport is closed.
func (s *Session) Done() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.done == nil {
		s.done = make(chan struct{})
		s.tellOver()
	}
	return s.done
}

// tellOver tells whoever waits that the session is over, if it is. The session is
// locked.
func (s *Session) tellOver() {
	if s.over && s.done != nil {
		close(s.done)
	}
}

// Err is why the server ended the session; nil if the client did. It may be
// asked once Done is closed.
func (s *Session) Err() *apierror.Error { return s.cause }

// End says that the peer is gone: nil if it closed the connection in order,
// otherwise what happened. Nothing is written any more. It returns once the
// session has ended.
func (s *Session) End(cause error) {
	if s.ended.Swap(true) {
		<-s.Done()
		return
	}
	s.outbox.Close(true)
	s.finish(nil, cause)
}

// shut ends the session from the server's side: the client is told why, behind
// everything that is queued for it, unless the reason dismisses it. It does not
// wait.
func (s *Session) shut(cause *apierror.Error) {
	if s.ended.Swap(true) {
		return
	}
	var last []*outbox.Frame
	if f := s.encoding().Failure(Request{}, cause, true); f != nil {
		last = append(last, f)
	}
	dismissed, patience := dismisses(cause.Reason()), flushTimeout
	if dismissed {
		patience = dismissTimeout
	}
	flushed := s.outbox.Close(dismissed, last...)
	go func() {
		s.detach()
		timer := time.NewTimer(patience)
		defer timer.Stop()
		select {
		case <-flushed:
		case <-timer.C:
		}
		s.finish(cause, nil)
	}()
}

// finish lets go of everything. It is called once.
func (s *Session) finish(refusal *apierror.Error, lost error) {
	s.detach()
	s.transport.Close(refusal)
	s.cause = refusal
	s.registry.remove(s, lost)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.over = true
	s.tellOver()
}

// detach ends all subscriptions, and takes no more.
func (s *Session) detach() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.detached = true
	for _, sub := range s.subscriptions {
		s.registry.options.Hub.Unsubscribe(s.subscriber, sub.tenant, sub.pattern)
	}
	s.registry.options.Metrics.Subscriptions.Sub(float64(len(s.subscriptions)))
	s.subscriptions, s.places = nil, nil
}

// LostFrame implements outbox.Owner.
func (s *Session) LostFrame(messages uint64) *outbox.Frame {
	s.registry.options.Metrics.Lost.Add(float64(messages))
	return s.encoding().Lost(messages)
}

// OutboxFailed implements outbox.Owner.
func (s *Session) OutboxFailed(err error) {
	if errors.Is(err, outbox.ErrOverflow) {
		s.shut(slowConsumer())
		return
	}
	go s.End(err)
}

func slowConsumer() *apierror.Error {
	return apierror.New(apierror.SlowConsumer,
		"the client reads more slowly than its messages arrive and its outgoing queue is full; read faster or subscribe to less")
}
