package scenario

import (
	"fmt"
	"strings"
	"sync"
	"time"

	"google.golang.org/protobuf/encoding/prototext"
	"google.golang.org/protobuf/proto"

	conformancev1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/conformance/v1"
)

// kind is what an event is about.
type kind int

const (
	ofSubscription kind = iota // messages, lags, the end
	ofState
	ofError
	ofTokenSource
)

// stream is the events of one kind of one client or subscription, in their
// order. Nothing orders events of different streams.
type stream struct {
	kind kind
	id   uint64
}

// routes keeps the events of a case for those who wait for them.
type routes struct {
	trace    *trace
	patience time.Duration

	mu      sync.Mutex
	changed chan struct{} // closed and replaced at each event
	events  map[stream][]*conformancev1.Event
	ignored map[stream]bool
}

func newRoutes(t *trace, patience time.Duration) *routes {
	return &routes{trace: t, patience: patience, changed: make(chan struct{}), events: map[stream][]*conformancev1.Event{}, ignored: map[stream]bool{}}
}

func (r *routes) deliver(event *conformancev1.Event) {
	r.trace.addEvent(event)
	r.mu.Lock()
	defer r.mu.Unlock()
	at := streamOf(event)
	r.events[at] = append(r.events[at], event)
	close(r.changed)
	r.changed = make(chan struct{})
}

func streamOf(event *conformancev1.Event) stream {
	switch e := event.GetEvent().(type) {
	case *conformancev1.Event_Message:
		return stream{ofSubscription, e.Message.GetSubscription()}
	case *conformancev1.Event_Lagged:
		return stream{ofSubscription, e.Lagged.GetSubscription()}
	case *conformancev1.Event_SubscriptionEnded:
		return stream{ofSubscription, e.SubscriptionEnded.GetSubscription()}
	case *conformancev1.Event_StateChanged:
		return stream{ofState, e.StateChanged.GetClient()}
	case *conformancev1.Event_ErrorReported:
		return stream{ofError, e.ErrorReported.GetClient()}
	default:
		return stream{ofTokenSource, event.GetTokenRequested().GetClient()}
	}
}

// next takes the first event of a stream; nil: none came in time.
func (r *routes) next(of stream) *conformancev1.Event {
	timeout := time.NewTimer(r.patience)
	defer timeout.Stop()
	for {
		event, changed := r.take(of)
		if event != nil {
			return event
		}
		select {
		case <-changed:
		case <-timeout.C:
			return nil
		}
	}
}

func (r *routes) take(of stream) (*conformancev1.Event, <-chan struct{}) {
	r.mu.Lock()
	defer r.mu.Unlock()
	waiting := r.events[of]
	if len(waiting) == 0 {
		return nil, r.changed
	}
	r.events[of] = waiting[1:]
	return waiting[0], nil
}

// takeAll takes what is there of a stream.
func (r *routes) takeAll(of stream) []*conformancev1.Event {
	r.mu.Lock()
	defer r.mu.Unlock()
	waiting := r.events[of]
	delete(r.events, of)
	return waiting
}

// ignore says that nobody will take the rest of a stream.
func (r *routes) ignore(of stream) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ignored[of] = true
}

// unexpected is the first event that no case has taken although it says that
// something happened that need not.
func (r *routes) unexpected() *conformancev1.Event {
	r.mu.Lock()
	defer r.mu.Unlock()
	for of, events := range r.events {
		for _, event := range events {
			if !r.ignored[of] && !mayBeLeft(event) {
				return event
			}
		}
	}
	return nil
}

// mayBeLeft: a client that the application has closed says so and ends its
// subscriptions, both without a cause; and a token source may be asked at any
// time. An end with a cause is one that the case must take.
func mayBeLeft(event *conformancev1.Event) bool {
	switch e := event.GetEvent().(type) {
	case *conformancev1.Event_StateChanged:
		return e.StateChanged.GetState() == Closed && e.StateChanged.GetCause() == nil
	case *conformancev1.Event_SubscriptionEnded:
		return e.SubscriptionEnded.GetError() == nil
	case *conformancev1.Event_TokenRequested:
		return true
	default:
		return false
	}
}

// describe is a command in one line, without secrets.
func describe(command *conformancev1.RunnerFrame) string {
	shown := proto.Clone(command).(*conformancev1.RunnerFrame)
	shown.CommandId = 0
	if open := shown.GetOpen(); open != nil {
		open.Token = ""
		if open.GetOptions() != nil {
			open.Options.KeyPem, open.Options.CaPem, open.Options.CertificatePem = nil, nil, nil
		}
	}
	if supply := shown.GetSupplyToken(); supply != nil {
		supply.Token = ""
	}
	if token := shown.GetToken(); token != nil {
		token.MasterToken = ""
		if revoke := token.GetRevoke(); revoke != nil {
			revoke.Token = ""
		}
	}
	return text(shown)
}

func text(m proto.Message) string {
	return strings.Join(strings.Fields(fmt.Sprint(prototext.MarshalOptions{}.Format(m))), " ")
}
