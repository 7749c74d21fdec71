package hub_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fastpubsub/fastpubsub/server/internal/backplane/local"
	"github.com/fastpubsub/fastpubsub/server/internal/hub"
	"github.com/fastpubsub/fastpubsub/server/internal/outbox"
)

// stuck is a connection whose first write goes on until it is let go.
type stuck struct {
	discard
	release chan struct{}
}

func (s stuck) WriteFrames([]*outbox.Frame) error {
	<-s.release
	return nil
}

// publishCost is how many allocations a publish to so many connections makes,
// each with a write going on and room in its queue.
func publishCost(t *testing.T, listeners int) float64 {
	h := newHub(t, new(local.Alone))
	options := &outbox.Options{MaxBytes: 8 << 20, MaxMessages: 65536}
	c := stuck{release: make(chan struct{})}
	defer close(c.release)
	for range listeners {
		s := hub.NewSubscriber(outbox.New(options, c, c), discard{})
		_, err := h.Subscribe(t.Context(), s, "t", pattern(t, "a.#"))
		require.NoError(t, err)
	}
	m := &hub.Message{Tenant: "t", Channel: "a.b", Payload: make([]byte, 128)}
	publish := func() { _ = h.Publish(t.Context(), m) }
	for range 300 { // queues have room for 1,024 then
		publish()
	}
	return testing.AllocsPerRun(200, publish)
}

// mostAllocations of a publish: the frame and its bytes, and as many again to spare.
const mostAllocations = 4

// A publish allocates for itself, and nothing for a delivery.
func TestDeliveriesCostNoAllocation(t *testing.T) {
	const few, many = 10, 1000
	base := publishCost(t, few)
	assert.LessOrEqual(t, base, float64(mostAllocations))
	perDelivery := (publishCost(t, many) - base) / (many - few)
	assert.Less(t, perDelivery, 0.01, "what a run of the garbage collector may need for itself")
}
