package dispatch_test

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/proto"

	fastpubsubv1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/v1"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/dispatch"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/fault"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/inbox"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/registry"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/wire"
)

// bench is a dispatcher with some subscriptions.
type bench struct {
	t          *testing.T
	dispatcher *dispatch.Dispatcher
	registry   *registry.Registry
	boxes      map[string]*inbox.Inbox
	routes     map[string]*registry.Route
}

func newBench(t *testing.T, patterns ...string) *bench {
	b := &bench{t: t, dispatcher: dispatch.New(), registry: registry.New(), boxes: map[string]*inbox.Inbox{}, routes: map[string]*registry.Route{}}
	for _, pattern := range patterns {
		box := inbox.New(inbox.Limits{Messages: 1 << 20, Bytes: 1 << 30})
		member, err := b.registry.Join("~", pattern, box)
		require.NoError(t, err)
		b.boxes[pattern], b.routes[pattern] = box, member.Route()
	}
	return b
}

// open starts a feed that has some of the patterns, with handles from base on.
func (b *bench) open(base uint64, patterns ...string) *feed {
	f := &feed{Feed: b.dispatcher.Open(), handles: map[string]uint64{}, decoder: wire.NewDecoder()}
	for i, pattern := range patterns {
		f.handles[pattern] = base + uint64(i)
		f.Bind(base+uint64(i), b.routes[pattern])
	}
	return f
}

type feed struct {
	*dispatch.Feed
	handles map[string]uint64
	decoder *wire.Decoder
}

// deliver brings message number i for the patterns.
func (f *feed) deliver(i int, patterns ...string) {
	message := &fastpubsubv1.Delivery{IdOrigin: 1, IdSequence: uint64(i), Tenant: "~", Channel: "c", Payload: []byte(strconv.Itoa(i))}
	for _, pattern := range patterns {
		message.PatternHandles = append(message.PatternHandles, f.handles[pattern])
	}
	encoded, err := proto.Marshal(&fastpubsubv1.SessionResponse{Event: &fastpubsubv1.SessionResponse_Deliveries{
		Deliveries: &fastpubsubv1.Deliveries{Messages: []*fastpubsubv1.Delivery{message}},
	}})
	if err != nil {
		panic(err)
	}
	event, err := f.decoder.Decode(encoded)
	if err != nil {
		panic(err)
	}
	f.Deliver(event.Deliveries)
}

// received ends the subscription to a pattern and is what it got, in order.
func (b *bench) received(pattern string) string {
	b.t.Helper()
	box := b.boxes[pattern]
	box.End(fault.New(fault.Closed, "over"))
	var got []string
	for {
		item, err := box.Next(b.t.Context())
		switch {
		case err != nil:
			return strings.Join(got, " ")
		case item.Lost > 0:
			got = append(got, fmt.Sprintf("lost:%d", item.Lost))
		default:
			got = append(got, string(item.Delivery.Payload))
		}
	}
}

// DL-2: one delivery names every subscription that matched.
func TestOneDeliveryReachesAllItsRoutes(t *testing.T) {
	b := newBench(t, "a", "b", "c")
	f := b.open(1, "a", "b", "c")
	f.deliver(1, "a", "b")
	f.deliver(2, "b", "c")
	f.Unbind(b.routes["c"])
	f.deliver(3, "b", "c")
	assert.Equal(t, "1", b.received("a"))
	assert.Equal(t, "1 2 3", b.received("b"))
	assert.Equal(t, "2", b.received("c"))
}

// SDK-9: during the overlap the follower is faster; the old connection's messages
// still come first, each once.
func TestAFasterFollowerDoesNotOvertake(t *testing.T) {
	b := newBench(t, "a")
	old := b.open(1, "a")
	old.deliver(1, "a")
	next := b.open(70, "a")
	next.deliver(3, "a")
	next.deliver(4, "a")
	next.deliver(5, "a")
	old.deliver(2, "a")
	old.deliver(3, "a")
	old.deliver(4, "a")
	old.Finish()
	old.deliver(5, "a") // too late: the feed has finished
	next.deliver(6, "a")
	assert.Equal(t, "1 2 3 4 5 6", b.received("a"))
}

// SDK-9: the follower is slower; what the old connection brought is not shown
// again, also after the change.
func TestASlowerFollowerRepeatsNothing(t *testing.T) {
	b := newBench(t, "a")
	old := b.open(1, "a")
	next := b.open(70, "a")
	for i := range 6 {
		old.deliver(i, "a")
	}
	next.deliver(2, "a")
	old.Finish()
	for i := 3; i < 9; i++ {
		next.deliver(i, "a")
	}
	assert.Equal(t, "0 1 2 3 4 5 6 7 8", b.received("a"))
}

// A message that only the follower got (deliver-one) is shown, in order.
func TestWhatOnlyTheFollowerGotIsShown(t *testing.T) {
	b := newBench(t, "a")
	old, next := b.open(1, "a"), b.open(70, "a")
	old.deliver(1, "a")
	next.deliver(2, "a")
	old.deliver(3, "a")
	next.deliver(4, "a")
	old.Finish()
	assert.Equal(t, "1 3 2 4", b.received("a"))
}

// A pattern that only the new connection has does not wait for the old one, and
// a message for both kinds reaches each.
func TestRoutesOfTheFollowerAlone(t *testing.T) {
	b := newBench(t, "a", "fresh")
	old, next := b.open(1, "a"), b.open(70, "a", "fresh")
	old.deliver(1, "a")
	next.deliver(1, "a", "fresh")
	next.deliver(2, "fresh")
	next.deliver(3, "a", "fresh")
	old.deliver(3, "a")
	old.Finish()
	assert.Equal(t, "1 3", b.received("a"))
	assert.Equal(t, "1 2 3", b.received("fresh"))
}

// A follower that breaks leaves what it brought; its successor repeats it.
func TestAFollowerThatBreaks(t *testing.T) {
	b := newBench(t, "a")
	old, broken := b.open(1, "a"), b.open(70, "a")
	broken.deliver(2, "a")
	broken.deliver(3, "a")
	broken.Finish()
	next := b.open(90, "a")
	old.deliver(1, "a")
	next.deliver(3, "a")
	next.deliver(4, "a")
	old.deliver(2, "a")
	old.Finish()
	assert.Equal(t, "1 2 3 4", b.received("a"))
}

// SDK-9: what a broken follower brought for one route is held for the routes that
// its successor adds, too, and each route keeps the order of its follower.
func TestAFollowerThatBreaksBeforeItHasEverything(t *testing.T) {
	b := newBench(t, "a", "b")
	old, broken := b.open(1, "a", "b"), b.open(70, "a")
	broken.deliver(2, "a")
	broken.deliver(4, "a")
	broken.Finish()
	next := b.open(90, "a", "b")
	next.deliver(2, "a", "b")
	next.deliver(3, "b")
	next.deliver(4, "a", "b")
	old.deliver(1, "a", "b")
	old.deliver(2, "a") // b is unsubscribed here already
	old.Finish()
	next.deliver(5, "a", "b")
	assert.Equal(t, "1 2 4 5", b.received("a"))
	assert.Equal(t, "1 2 3 4 5", b.received("b"))
}

// The old connection breaks before it has finished in order, and there is no new
// one yet.
func TestTheLeaderBreaksWhileWaitingForAFollower(t *testing.T) {
	b := newBench(t, "a")
	old, broken := b.open(1, "a"), b.open(70, "a")
	old.deliver(1, "a")
	broken.deliver(2, "a")
	broken.Finish()
	old.Finish()
	old.Finish()
	next := b.open(90, "a")
	next.deliver(1, "a")
	next.deliver(2, "a")
	next.deliver(3, "a")
	assert.Equal(t, "1 2 3", b.received("a"))
}

// A connection that broke and one that never became anything: what the first
// brought is still known.
func TestAFailedAttemptDoesNotWipeTheWindow(t *testing.T) {
	b := newBench(t, "a")
	old := b.open(1, "a")
	old.deliver(1, "a")
	old.Finish()
	b.open(50).Finish()
	next := b.open(90, "a")
	next.deliver(1, "a")
	next.deliver(2, "a")
	assert.Equal(t, "1 2", b.received("a"))
}

// SDK-9: the window is bounded in time: after that an id would be delivered
// again.
func TestTheWindowCloses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, "a")
		old := b.open(1, "a")
		old.deliver(1, "a")
		old.Finish()
		next := b.open(90, "a")
		next.deliver(1, "a")
		time.Sleep(31 * time.Second)
		next.deliver(1, "a")
		assert.Equal(t, "1 1", b.received("a"))
	})
}

// A follower that is very far ahead waits, and memory stays bounded.
func TestAFollowerFarAheadWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, "a")
		old, next := b.open(1, "a"), b.open(70, "a")
		brought := 0
		const total = 65536 + 10
		go func() {
			for i := range total {
				next.deliver(i, "a")
				brought++
			}
		}()
		synctest.Wait()
		assert.Equal(t, 65536, brought)
		old.deliver(0, "a")
		synctest.Wait()
		assert.Equal(t, 65537, brought)
		old.Finish()
		synctest.Wait()
		assert.Equal(t, total, brought)
		assert.Len(t, strings.Fields(b.received("a")), total)
	})
}

// SF-16: losses at the server are told to every subscription of the connection.
func TestLostIsToldToAll(t *testing.T) {
	b := newBench(t, "a", "b")
	f := b.open(1, "a", "b")
	f.deliver(1, "a")
	f.Lost(7)
	assert.Equal(t, "1 lost:7", b.received("a"))
	assert.Equal(t, "lost:7", b.received("b"))
}

// Model test, SDK-9, DL-4: two connections bring the same messages of one
// publisher, each in order, at speeds of their own; the new one starts in the
// middle, the old one ends anywhere after that. Every message is shown once, in
// order.
func FuzzAMoveKeepsTheOrder(f *testing.F) {
	for seed := range uint64(20) {
		f.Add(seed, uint8(seed*13))
	}
	f.Fuzz(func(t *testing.T, seed uint64, messages uint8) {
		random := rand.New(rand.NewPCG(seed, 1))
		total := int(messages) + 1
		b := newBench(t, "a")
		old := b.open(1, "a")
		joined := random.IntN(total)                  // the new connection has what comes from here on
		ended := joined + random.IntN(total-joined+1) // the old one has what came until here
		oldNext, newNext := 0, joined                 // what each brings next
		for oldNext < joined && random.IntN(10) > 0 { // some of it before the new one opens
			old.deliver(oldNext, "a")
			oldNext++
		}
		next := b.open(70, "a")
		finished := false
		for !finished || newNext < total {
			switch {
			case !finished && oldNext == ended:
				if random.IntN(3) == 0 {
					old.Finish()
					finished = true
				}
			case !finished && random.IntN(2) == 0:
				old.deliver(oldNext, "a")
				oldNext++
			}
			if newNext < total && random.IntN(2) == 0 {
				next.deliver(newNext, "a")
				newNext++
			}
		}
		var want []string
		for i := range total {
			want = append(want, strconv.Itoa(i))
		}
		require.Equal(t, strings.Join(want, " "), b.received("a"))
	})
}

func BenchmarkDeliver(b *testing.B) {
	registered, dispatcher := registry.New(), dispatch.New()
	box := inbox.New(inbox.Limits{Messages: 65536, Bytes: 8 << 20})
	member, err := registered.Join("~", "a", box)
	if err != nil {
		b.Fatal(err)
	}
	f := dispatcher.Open()
	f.Bind(1, member.Route())
	var messages []*fastpubsubv1.Delivery
	for i := range 100 {
		messages = append(messages, &fastpubsubv1.Delivery{IdOrigin: 1, IdSequence: uint64(i), Tenant: "~", Channel: "c", Payload: make([]byte, 128), PatternHandles: []uint64{1}})
	}
	encoded, err := proto.Marshal(&fastpubsubv1.SessionResponse{Event: &fastpubsubv1.SessionResponse_Deliveries{Deliveries: &fastpubsubv1.Deliveries{Messages: messages}}})
	if err != nil {
		b.Fatal(err)
	}
	event, err := wire.NewDecoder().Decode(encoded)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for range b.N {
		f.Deliver(event.Deliveries)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(messages)), "ns/message")
}
