package websocket

import (
	"bytes"
	"io"
	"math/rand/v2"
	"net"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/proto"

	fastpubsubv1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/v1"
	"github.com/fastpubsub/fastpubsub/server/internal/hub"
	"github.com/fastpubsub/fastpubsub/server/internal/outbox"
	"github.com/fastpubsub/fastpubsub/server/internal/transport/llps"
	"github.com/fastpubsub/fastpubsub/server/internal/transport/sessionframe"
	"github.com/fastpubsub/fastpubsub/server/internal/transport/socket"
	"github.com/fastpubsub/fastpubsub/server/internal/transport/wsframe"
)

// writes collects what is written, one element a write.
type writes struct {
	net.Conn
	list [][]byte
}

func (w *writes) Write(p []byte) (int, error) {
	w.list = append(w.list, bytes.Clone(p))
	return len(p), nil
}

func delivery(size int) *outbox.Frame {
	return sessionframe.Codec{}.EncodeDelivery(&hub.Message{Tenant: "t", Channel: "c", Payload: make([]byte, size)}, []hub.Match{{Handle: 1}})
}

func wireFrame(size int) *outbox.Frame {
	return llps.Text{}.EncodeDelivery(&hub.Message{Tenant: "t", Channel: "c", Payload: make([]byte, size)}, []hub.Match{{Pattern: "c"}})
}

// Everything that an outbox hands over at once goes out in one write.
func TestOneWrite(t *testing.T) {
	for name, frames := range map[string][]*outbox.Frame{
		"one":            {wireFrame(10)},
		"one large":      {wireFrame(60000)},
		"small":          repeat(wireFrame(100), 500),
		"deliveries":     repeat(delivery(100), 400),
		"most messages":  repeat(&outbox.Frame{Kind: outbox.KindMessage, Data: make([]byte, 128)}, 512),
		"one delivery":   {delivery(65535)},
		"one message":    {{Kind: outbox.KindMessage, Data: make([]byte, 1<<20)}},
		"empty message":  {{Kind: outbox.KindMessage}},
		"larger in pool": append(repeat(wireFrame(3000), 10), delivery(5000), wireFrame(5000)),
	} {
		w := &writes{}
		o := output{raw: w}
		require.NoError(t, o.WriteFrames(frames))
		if name == "one message" { // it is referred to, not copied
			assert.Len(t, w.list, 2, name)
			continue
		}
		assert.Len(t, w.list, 1, name)
	}
}

func repeat(f *outbox.Frame, n int) []*outbox.Frame {
	list := make([]*outbox.Frame, n)
	for i := range list {
		list[i] = f
	}
	return list
}

// unpacked is what a client sees: text and binary messages, deliveries one by one.
func unpacked(t *testing.T, stream []byte) (seen []string) {
	t.Helper()
	for len(stream) > 0 {
		h, ok := wsframe.ParseHeader(stream)
		require.True(t, ok)
		end := h.Size + int(h.Payload) //nolint:gosec // a size
		require.LessOrEqual(t, end, len(stream))
		payload := stream[h.Size:end]
		stream = stream[end:]
		var response fastpubsubv1.SessionResponse
		if err := proto.Unmarshal(payload, &response); err == nil && response.GetDeliveries() != nil {
			for _, d := range response.GetDeliveries().GetMessages() {
				seen = append(seen, "delivery "+string(d.GetPayload()))
			}
			continue
		}
		seen = append(seen, string(payload))
	}
	return seen
}

// A model test: whatever the frames and the connection, a client sees all of
// them, in order.
func TestWriteFramesModel(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // a test
	for range 40 {
		var frames []*outbox.Frame
		var want []string
		for range 1 + random.IntN(60) {
			payload := bytes.Repeat([]byte{byte('a' + random.IntN(26))}, sizes[random.IntN(len(sizes))])
			f, seen := randomFrame(random, payload)
			frames, want = append(frames, f), append(want, seen)
		}
		for _, vectored := range []bool{false, true} {
			require.Equal(t, want, unpacked(t, written(t, frames, vectored)))
		}
	}
}

var sizes = []int{0, 1, 100, 125, 126, 1000, copyMost - 50, copyMost, copyMost + 1, packMost, 1 << 16, roomSize + 1}

func randomFrame(random *rand.Rand, payload []byte) (*outbox.Frame, string) {
	switch random.IntN(3) {
	case 0:
		m := &hub.Message{Tenant: "t", Channel: "c", Payload: payload}
		return sessionframe.Codec{}.EncodeDelivery(m, []hub.Match{{Handle: 7}}), "delivery " + string(payload)
	case 1:
		return &outbox.Frame{Kind: outbox.KindMessage, Data: payload}, string(payload)
	default:
		data := append(wsframe.AppendHeader(nil, wsframe.Binary, len(payload)), payload...)
		return &outbox.Frame{Kind: outbox.KindWire, Data: data}, string(payload)
	}
}

// written is what comes out at the other end.
func written(t *testing.T, frames []*outbox.Frame, vectored bool) []byte {
	t.Helper()
	if !vectored {
		w := &writes{}
		o := output{raw: w}
		require.NoError(t, o.WriteFrames(frames))
		return bytes.Join(w.list, nil)
	}
	near, far := tcpPair(t)
	read := make(chan []byte)
	go func() {
		all, _ := io.ReadAll(far) // compared by the caller
		read <- all
	}()
	o := output{raw: near}
	require.NoError(t, o.WriteFrames(frames))
	require.NoError(t, near.Close())
	return <-read
}

func tcpPair(t testing.TB) (near, far net.Conn) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer func() { _ = listener.Close() }()
	near, err = net.Dial("tcp", listener.Addr().String())
	require.NoError(t, err)
	far, err = listener.Accept()
	require.NoError(t, err)
	t.Cleanup(func() { _ = far.Close(); _ = near.Close() })
	return socket.Of(near), far
}

// Behind the Close frame nothing is written, and it is written once.
func TestNothingBehindTheCloseFrame(t *testing.T) {
	near, far := tcpPair(t)
	o := output{raw: near}
	closing := closeFrame(1000, "")
	require.NoError(t, o.WriteFrames([]*outbox.Frame{pingFrame}))
	require.NoError(t, o.writeLast(closing, closeTimeout))
	require.NoError(t, o.writeLast(closing, closeTimeout))
	require.NoError(t, o.WriteFrames([]*outbox.Frame{pingFrame}))
	require.NoError(t, near.Close())
	all, err := io.ReadAll(far)
	require.NoError(t, err)
	assert.Equal(t, append(bytes.Clone(pingFrame.Data), closing...), all)
}

// A write that failed may have left half a frame: nothing follows it.
func TestNothingBehindAFailedWrite(t *testing.T) {
	near, far := tcpPair(t)
	require.NoError(t, near.Close())
	o := output{raw: near}
	require.Error(t, o.WriteFrames([]*outbox.Frame{pingFrame}))
	o.raw = far
	require.ErrorIs(t, o.writeLast(closeFrame(1000, ""), closeTimeout), net.ErrClosed)
	require.ErrorIs(t, o.WriteFrames([]*outbox.Frame{pingFrame}), net.ErrClosed)
}

// gated counts writes, which wait until the gate is open.
type gated struct {
	net.Conn
	open  chan struct{}
	count int
	bytes int
}

func (g *gated) Write(p []byte) (int, error) {
	<-g.open
	g.count++
	g.bytes += len(p)
	return len(p), nil
}

type ownerless struct{}

func (ownerless) LostFrame(uint64) *outbox.Frame { return nil }
func (ownerless) OutboxFailed(error)             {}

// A burst costs a write for about 60 KiB, not one for each delivery: what waits
// while something is written goes out together.
func TestWritesPerDeliveryOfABurst(t *testing.T) {
	for name, frame := range map[string]*outbox.Frame{"wire": wireFrame(128), "delivery": delivery(128)} {
		synctest.Test(t, func(t *testing.T) {
			const deliveries = 10_000
			raw := &gated{open: make(chan struct{})}
			box := outbox.New(&outbox.Options{MaxBytes: 8 << 20, MaxMessages: 65536}, &output{raw: raw}, ownerless{})
			for range deliveries {
				require.True(t, box.Push(frame))
			}
			close(raw.open)
			synctest.Wait()
			assert.GreaterOrEqual(t, raw.bytes, deliveries*len(frame.Data), name)
			assert.LessOrEqual(t, raw.count, raw.bytes/(56<<10)+2, name)
		})
	}
}

// discarding is a connection that takes everything.
type discarding struct{ net.Conn }

func (discarding) Write(p []byte) (int, error) { return len(p), nil }

func TestGatheringCostsNoAllocation(t *testing.T) {
	g := new(gather)
	for name, frames := range map[string][]*outbox.Frame{
		"wire": repeat(wireFrame(128), 100), "deliveries": repeat(delivery(128), 100), "large": {wireFrame(9000), delivery(9000)},
	} {
		assert.Zero(t, int(testing.AllocsPerRun(100, func() {
			g.begin(discarding{})
			_ = g.write(frames)
		})), name)
	}
}

// BenchmarkWriteFrames is the cost of joining frames, one operation a delivery.
func BenchmarkWriteFrames(b *testing.B) {
	for name, frame := range map[string]*outbox.Frame{"llps": wireFrame(128), "session": delivery(128)} {
		b.Run(name, func(b *testing.B) {
			o := output{raw: discarding{}}
			frames := repeat(frame, 400)
			b.ReportAllocs()
			for i := 0; i < b.N; i += len(frames) {
				_ = o.WriteFrames(frames)
			}
		})
	}
}
