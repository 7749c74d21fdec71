package scenario

import (
	"fmt"
	"strings"
	"sync"
	"time"

	"google.golang.org/protobuf/proto"

	conformancev1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/conformance/v1"
)

// How much of a trace is kept: lines are cut so that payloads do not drown what
// matters, and of very many only the first and the last are kept.
const (
	maxLine  = 400
	keepHead = 400
	keepTail = 1600
)

// entry is a line of a trace. What comes often is put into words only when the
// trace is shown.
type entry struct {
	at      time.Duration
	line    string
	message proto.Message
}

func (e entry) String() string {
	line := e.line
	if e.message != nil {
		line += " " + text(e.message)
	}
	if len(line) > maxLine && !strings.HasPrefix(line, "panic") {
		line = line[:maxLine] + "…"
	}
	return fmt.Sprintf("%9.3f %s", e.at.Seconds(), line)
}

// trace is what happened in a case, in order. Any goroutine may add to it.
type trace struct {
	began time.Time

	mu         sync.Mutex
	head, tail []entry
	left       int // between head and tail
}

func newTrace() *trace { return &trace{began: time.Now()} }

func (t *trace) add(format string, args ...any) { t.append(entry{line: fmt.Sprintf(format, args...)}) }

// shownPayload is how many bytes of a payload are shown.
const shownPayload = 16

// addEvent adds what a driver reports.
func (t *trace) addEvent(event *conformancev1.Event) {
	if m := event.GetMessage(); len(m.GetPayload()) > shownPayload {
		event = &conformancev1.Event{Sequence: event.GetSequence(), Event: &conformancev1.Event_Message{Message: &conformancev1.MessageReceived{
			Subscription: m.GetSubscription(), Tenant: m.GetTenant(), Channel: m.GetChannel(), MessageId: m.GetMessageId(),
			Payload: append(m.GetPayload()[:shownPayload:shownPayload], "…"...),
		}}}
	}
	t.append(entry{line: "*", message: event})
}

func (t *trace) append(e entry) {
	t.mu.Lock()
	defer t.mu.Unlock()
	e.at = time.Since(t.began)
	if len(t.head) < keepHead {
		t.head = append(t.head, e)
		return
	}
	if len(t.tail) == 2*keepTail {
		t.tail = append(t.tail[:0], t.tail[keepTail:]...)
		t.left += keepTail
	}
	t.tail = append(t.tail, e)
}

func (t *trace) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	var text strings.Builder
	for _, e := range t.head {
		fmt.Fprintln(&text, e)
	}
	if t.left > 0 {
		fmt.Fprintf(&text, "          … %d lines left out …\n", t.left)
	}
	for _, e := range t.tail {
		fmt.Fprintln(&text, e)
	}
	return strings.TrimSuffix(text.String(), "\n")
}
