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

// routes keeps the events of a case for those who wait for them: those of each
// subscription, and those of each client, in their order.
type routes struct {
	trace *trace

	mu            sync.Mutex
	changed       chan struct{} // closed and replaced at each event
	subscriptions map[uint64][]*conformancev1.Event
	clients       map[uint64][]*conformancev1.Event
}

func newRoutes(t *trace) *routes {
	return &routes{
		trace: t, changed: make(chan struct{}),
		subscriptions: map[uint64][]*conformancev1.Event{}, clients: map[uint64][]*conformancev1.Event{},
	}
}

func (r *routes) deliver(event *conformancev1.Event) {
	r.trace.add("* %s", text(event))
	r.mu.Lock()
	defer r.mu.Unlock()
	if id, ok := subscriptionOf(event); ok {
		r.subscriptions[id] = append(r.subscriptions[id], event)
	} else {
		id := clientOf(event)
		r.clients[id] = append(r.clients[id], event)
	}
	close(r.changed)
	r.changed = make(chan struct{})
}

func subscriptionOf(event *conformancev1.Event) (uint64, bool) {
	switch e := event.GetEvent().(type) {
	case *conformancev1.Event_Message:
		return e.Message.GetSubscription(), true
	case *conformancev1.Event_Lagged:
		return e.Lagged.GetSubscription(), true
	case *conformancev1.Event_SubscriptionEnded:
		return e.SubscriptionEnded.GetSubscription(), true
	default:
		return 0, false
	}
}

func clientOf(event *conformancev1.Event) uint64 {
	switch e := event.GetEvent().(type) {
	case *conformancev1.Event_StateChanged:
		return e.StateChanged.GetClient()
	case *conformancev1.Event_ErrorReported:
		return e.ErrorReported.GetClient()
	case *conformancev1.Event_TokenRequested:
		return e.TokenRequested.GetClient()
	default:
		return 0
	}
}

// next takes the first event of a list that is wanted, and forgets those before
// it; nil: it did not come in time.
func (r *routes) next(list map[uint64][]*conformancev1.Event, id uint64, wanted func(*conformancev1.Event) bool) *conformancev1.Event {
	timeout := time.NewTimer(patience)
	defer timeout.Stop()
	for {
		event, changed := r.take(list, id, wanted)
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

func (r *routes) take(list map[uint64][]*conformancev1.Event, id uint64, wanted func(*conformancev1.Event) bool) (*conformancev1.Event, <-chan struct{}) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i, event := range list[id] {
		if wanted(event) {
			list[id] = list[id][i+1:]
			return event, nil
		}
	}
	return nil, r.changed
}

// count is how many events of a list are waiting that are wanted.
func (r *routes) count(list map[uint64][]*conformancev1.Event, id uint64, wanted func(*conformancev1.Event) bool) (n int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, event := range list[id] {
		if wanted(event) {
			n++
		}
	}
	return n
}

func anything(*conformancev1.Event) bool { return true }

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
	}
	return text(shown)
}

func text(m proto.Message) string {
	return strings.Join(strings.Fields(fmt.Sprint(prototext.MarshalOptions{}.Format(m))), " ")
}
