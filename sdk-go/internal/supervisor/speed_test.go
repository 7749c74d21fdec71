package supervisor_test

import (
	"context"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	fastpubsubv1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/v1"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/backoff"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/credential"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/fault"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/inbox"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/outbox"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/supervisor"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/transport"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/wire"
)

// loop is a transport that costs next to nothing: it answers commands and gives
// one prepared frame again and again.
type loop struct {
	answers    chan []byte
	deliveries chan []byte
	cut        chan struct{}
	once       sync.Once
}

func newLoop() *loop {
	l := &loop{answers: make(chan []byte, 1024), deliveries: make(chan []byte, 4), cut: make(chan struct{})}
	l.answers <- encode(&fastpubsubv1.SessionResponse{Event: &fastpubsubv1.SessionResponse_Welcome{Welcome: &fastpubsubv1.Welcome{}}})
	return l
}

func encode(m proto.Message) []byte {
	encoded, err := proto.Marshal(m)
	if err != nil {
		panic(err)
	}
	return encoded
}

func (l *loop) Dial(context.Context, string) (transport.Conn, error) { return l, nil }

func (l *loop) Send(frame []byte) error {
	var request fastpubsubv1.SessionRequest
	if err := proto.Unmarshal(frame, &request); err != nil {
		return err
	}
	success := &fastpubsubv1.Success{PatternHandle: 1}
	switch command := request.GetCommand().(type) {
	case *fastpubsubv1.SessionRequest_Subscribe:
		success.RequestIds = []uint64{command.Subscribe.GetRequestId()}
	case *fastpubsubv1.SessionRequest_Ping:
		success.RequestIds = []uint64{command.Ping.GetRequestId()}
	case *fastpubsubv1.SessionRequest_Publish:
		for _, m := range command.Publish.GetMessages() {
			if m.GetRequestId() != 0 {
				success.RequestIds = append(success.RequestIds, m.GetRequestId())
			}
		}
	}
	if success.RequestIds != nil {
		l.answers <- encode(&fastpubsubv1.SessionResponse{Event: &fastpubsubv1.SessionResponse_Success{Success: success}})
	}
	return nil
}

func (l *loop) Receive() ([]byte, error) {
	select {
	case frame := <-l.answers:
		return frame, nil
	case frame := <-l.deliveries:
		return frame, nil
	case <-l.cut:
		return nil, fault.New(fault.ConnectionLost, "cut")
	}
}

func (l *loop) Close() { l.Abort() }
func (l *loop) Abort() { l.once.Do(func() { close(l.cut) }) }

func startOn(b *testing.B, l *loop) *supervisor.Supervisor {
	b.Helper()
	client, err := supervisor.Start(b.Context(), supervisor.Config{
		Dialer: l, Source: credential.Fixed("AT_1_2"), Backoff: backoff.Default, AttemptTimeout: time.Second,
		Outbox:  outbox.Limits{Messages: 65536, Bytes: 8 << 20},
		OnState: func(supervisor.Status) {}, OnError: func(*fault.Fault) {}, Logger: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = client.Close(context.Background()) })
	return client
}

// The whole receive path: frames of 100 messages of 128 bytes, from the transport
// through the session to the application. The goal is 500,000 messages a second
// on one core: 2000 ns a message.
func BenchmarkReceive(b *testing.B) {
	const batch = 100
	l := newLoop()
	client := startOn(b, l)
	sub, err := client.Subscribe(b.Context(), "", "c.*", inbox.Limits{Messages: 65536, Bytes: 64 << 20})
	if err != nil {
		b.Fatal(err)
	}
	var messages []*fastpubsubv1.Delivery
	for i := range batch {
		messages = append(messages, &fastpubsubv1.Delivery{
			IdOrigin: 7, IdSequence: uint64(i), PublishedAtUnixNanos: 1, Tenant: "~", Channel: "c.d",
			Payload: []byte(strings.Repeat("x", 128)), PatternHandles: []uint64{1},
		})
	}
	frame := encode(&fastpubsubv1.SessionResponse{Event: &fastpubsubv1.SessionResponse_Deliveries{Deliveries: &fastpubsubv1.Deliveries{Messages: messages}}})
	frames := b.N/batch + 1
	b.ReportAllocs()
	b.ResetTimer()
	go func() {
		for range frames {
			l.deliveries <- frame
		}
	}()
	for got := 0; got < frames*batch; {
		item, err := sub.Inbox.Next(b.Context())
		if err != nil {
			b.Fatal(err)
		}
		if got++; item.Lost > 0 {
			got += int(item.Lost) - 1
		}
	}
	b.ReportMetric(float64(frames*batch)/b.Elapsed().Seconds(), "messages/s")
}

// The publish path with many messages of 128 bytes in flight. The peer in the
// benchmark decodes every frame, which is part of the time.
func BenchmarkPublishAcknowledged(b *testing.B) { benchmarkPublish(b, true) }

func BenchmarkPublishUnacknowledged(b *testing.B) { benchmarkPublish(b, false) }

func benchmarkPublish(b *testing.B, ack bool) {
	client, payload := startOn(b, newLoop()), []byte(strings.Repeat("x", 128))
	b.ReportAllocs()
	b.ResetTimer()
	for range b.N {
		if _, err := client.Publish(b.Context(), &wire.Outgoing{Channel: "c.d", Payload: payload}, ack); err != nil {
			b.Fatal(err)
		}
	}
	if _, err := client.Ping(b.Context()); err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "messages/s")
}
