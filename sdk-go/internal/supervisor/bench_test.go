package supervisor_test

import (
	"context"
	"fmt"
	"log/slog"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	fastpubsubv1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/v1"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/backoff"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/credential"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/fault"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/inbox"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/outbox"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/supervisor"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/transporttest"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/wire"
)

// bench is one client against a scripted network, inside a synctest bubble.
type bench struct {
	t       *testing.T
	network *transporttest.Network
	config  supervisor.Config
	client  *supervisor.Supervisor

	mu     sync.Mutex
	states []string
	errors []*fault.Fault
}

// sourceFunc is a token source that can be renewed.
type sourceFunc func(context.Context) (string, error)

func (f sourceFunc) Token(ctx context.Context) (string, error) { return f(ctx) }

func newBench(t *testing.T) *bench {
	b := &bench{t: t, network: transporttest.NewNetwork()}
	b.config = supervisor.Config{
		Dialer:         b.network,
		Source:         credential.Fixed("AT_1_2"),
		Backoff:        backoff.Default,
		AttemptTimeout: 15 * time.Second,
		Outbox:         outbox.Limits{Messages: 100, Bytes: 1 << 20},
		OnState: func(s supervisor.Status) {
			b.mu.Lock()
			defer b.mu.Unlock()
			text := s.State.String()
			if s.Cause != nil {
				text += " " + string(s.Cause.Reason)
			}
			b.states = append(b.states, text)
		},
		OnError: func(f *fault.Fault) {
			b.mu.Lock()
			defer b.mu.Unlock()
			b.errors = append(b.errors, f)
		},
		Logger: slog.New(slog.DiscardHandler),
	}
	return b
}

// start connects; the peer of the first connection has said its welcome.
func (b *bench) start(modify ...func(*fastpubsubv1.Welcome)) *node {
	b.t.Helper()
	started := make(chan error, 1)
	go func() {
		client, err := supervisor.Start(b.t.Context(), b.config)
		b.client = client
		started <- err
	}()
	n := b.accept(modify...)
	require.NoError(b.t, <-started)
	b.t.Cleanup(func() {
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		_ = b.client.Close(ctx)
	})
	return n
}

// accept takes the next dial and plays a node on it that answers commands.
func (b *bench) accept(modify ...func(*fastpubsubv1.Welcome)) *node {
	n := &node{Peer: b.network.Next().Accept(), handles: map[string]uint64{}}
	n.Welcome(modify...)
	go n.serve()
	return n
}

func (b *bench) seen() (states []string, errors []*fault.Fault) {
	synctest.Wait()
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]string(nil), b.states...), append([]*fault.Fault(nil), b.errors...)
}

func (b *bench) limits() inbox.Limits { return inbox.Limits{Messages: 1000, Bytes: 1 << 20} }

func (b *bench) subscribe(pattern string) *supervisor.Subscription {
	b.t.Helper()
	s, err := b.client.Subscribe(b.t.Context(), "", pattern, b.limits())
	require.NoError(b.t, err)
	return s
}

// publish publishes in the background; the result is in the channel.
func (b *bench) publish(ctx context.Context, payload string) <-chan error {
	result := make(chan error, 1)
	go func() {
		ticket, err := b.client.Publish(ctx, &wire.Outgoing{Channel: "c", Payload: []byte(payload)}, true)
		if err == nil {
			err = b.client.Await(ctx, ticket)
		}
		result <- err
	}()
	return result
}

// next reads the next message's payload.
func next(t *testing.T, s *supervisor.Subscription) string {
	t.Helper()
	item, err := s.Inbox.Next(t.Context())
	require.NoError(t, err)
	require.Zero(t, item.Lost)
	return string(item.Delivery.Payload)
}

// node answers commands as a server does, and keeps what it has seen.
type node struct {
	*transporttest.Peer

	mu      sync.Mutex
	mute    bool                                    // answers nothing
	answers func(*fastpubsubv1.SessionRequest) bool // true: answered already
	log     []string                                // "sub a", "unsub a", "pub x", "auth AT_1_2", "closed"
	handles map[string]uint64
}

func (n *node) note(text string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.log = append(n.log, text)
}

func (n *node) seen() []string {
	synctest.Wait()
	n.mu.Lock()
	defer n.mu.Unlock()
	return append([]string(nil), n.log...)
}

// answerWith lets answers answer first.
func (n *node) answerWith(answers func(*fastpubsubv1.SessionRequest) bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.answers = answers
}

func (n *node) setMute(mute bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.mute = mute
}

func (n *node) serve() {
	for {
		request := n.NextFrame()
		if request == nil {
			n.note("closed")
			n.Close()
			return
		}
		n.mu.Lock()
		mute, answers := n.mute, n.answers
		n.mu.Unlock()
		if !mute && (answers == nil || !answers(request)) {
			n.answer(request)
		}
	}
}

func (n *node) answer(request *fastpubsubv1.SessionRequest) {
	switch command := request.GetCommand().(type) {
	case *fastpubsubv1.SessionRequest_Subscribe:
		pattern := command.Subscribe.GetPattern()
		n.note("sub " + pattern)
		n.mu.Lock()
		if n.handles[pattern] == 0 {
			n.handles[pattern] = uint64(len(n.handles)) + 1
		}
		handle := n.handles[pattern]
		n.mu.Unlock()
		n.Subscribed(command.Subscribe.GetRequestId(), handle)
	case *fastpubsubv1.SessionRequest_Unsubscribe:
		n.note("unsub " + command.Unsubscribe.GetPattern())
		n.Succeed(command.Unsubscribe.GetRequestId())
	case *fastpubsubv1.SessionRequest_Publish:
		var ids []uint64
		for _, m := range command.Publish.GetMessages() {
			n.note("pub " + string(m.GetPayload()))
			if m.GetRequestId() != 0 {
				ids = append(ids, m.GetRequestId())
			}
		}
		if ids != nil {
			n.Succeed(ids...)
		}
	case *fastpubsubv1.SessionRequest_Authenticate:
		n.note("auth " + command.Authenticate.GetToken())
		n.Succeed(command.Authenticate.GetRequestId())
	case *fastpubsubv1.SessionRequest_Ping:
		n.Succeed(command.Ping.GetRequestId())
	}
}

// deliver delivers message i to the subscription to a pattern.
func (n *node) deliver(i int, pattern string) {
	n.mu.Lock()
	handle := n.handles[pattern]
	n.mu.Unlock()
	if handle == 0 {
		panic(fmt.Sprintf("nobody is subscribed to %s", pattern))
	}
	n.Deliver(&fastpubsubv1.Delivery{
		IdOrigin: 1, IdSequence: uint64(i), Tenant: "~", Channel: "c", Payload: []byte(strconv.Itoa(i)), PatternHandles: []uint64{handle},
	})
}
