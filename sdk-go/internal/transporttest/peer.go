package transporttest

import (
	"sync"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	fastpubsubv1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/v1"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/fault"
)

// Peer is the server's end of a connection, played by the test.
type Peer struct {
	toClient, fromClient *queue
	never                chan struct{}

	mu    sync.Mutex
	stall chan struct{}
}

// KeepAlive is the interval that Welcome asks for.
const KeepAlive = 20 * time.Second

// Welcome says the first word. With modify the test changes it.
func (p *Peer) Welcome(modify ...func(*fastpubsubv1.Welcome)) {
	welcome := &fastpubsubv1.Welcome{
		SessionId: "session", Node: "node", ServerVersion: "test",
		Limits: &fastpubsubv1.Limits{
			MaxTenantBytes: 128, MaxChannelBytes: 256, MaxPayloadBytes: 65535, MaxSubscriptions: 1000, MaxFrameBytes: 1 << 20,
		},
		KeepAliveInterval: durationpb.New(KeepAlive),
	}
	for _, m := range modify {
		m(welcome)
	}
	p.Send(&fastpubsubv1.SessionResponse{Event: &fastpubsubv1.SessionResponse_Welcome{Welcome: welcome}})
}

// TokenExpires is for Welcome: the session's token expires then.
func TokenExpires(at time.Time) func(*fastpubsubv1.Welcome) {
	return func(w *fastpubsubv1.Welcome) { w.TokenExpiresAt = timestamppb.New(at) }
}

// Send says something to the client.
func (p *Peer) Send(response *fastpubsubv1.SessionResponse) {
	encoded, err := proto.Marshal(response)
	if err != nil {
		panic(err)
	}
	p.SendRaw(encoded)
}

// SendRaw sends bytes that need not be a frame.
func (p *Peer) SendRaw(frame []byte) { _ = p.toClient.put(frame) }

// Next waits for the client's next frame that is not a ping; pings are answered.
// It is nil when the client has closed.
func (p *Peer) Next() *fastpubsubv1.SessionRequest {
	for {
		request := p.NextFrame()
		if request.GetPing() == nil {
			return request
		}
		p.Succeed(request.GetPing().GetRequestId())
	}
}

// NextFrame waits for the client's next frame, pings included.
func (p *Peer) NextFrame() *fastpubsubv1.SessionRequest {
	frame, end := p.fromClient.take(p.never)
	if end != nil {
		return nil
	}
	var request fastpubsubv1.SessionRequest
	if err := proto.Unmarshal(frame, &request); err != nil {
		panic(err)
	}
	return &request
}

// Succeed answers commands.
func (p *Peer) Succeed(requestIDs ...uint64) {
	p.Send(&fastpubsubv1.SessionResponse{Event: &fastpubsubv1.SessionResponse_Success{
		Success: &fastpubsubv1.Success{RequestIds: requestIDs},
	}})
}

// Subscribed answers a subscribe.
func (p *Peer) Subscribed(requestID, handle uint64) {
	p.Send(&fastpubsubv1.SessionResponse{Event: &fastpubsubv1.SessionResponse_Success{
		Success: &fastpubsubv1.Success{RequestIds: []uint64{requestID}, PatternHandle: handle},
	}})
}

// Fail refuses a command, or, with request id 0, none.
func (p *Peer) Fail(requestID uint64, reason fastpubsubv1.ErrorReason, text string) {
	p.Send(&fastpubsubv1.SessionResponse{Event: &fastpubsubv1.SessionResponse_Failure{
		Failure: &fastpubsubv1.Failure{RequestId: requestID, Reason: reason, Message: text},
	}})
}

// Deliver sends deliveries.
func (p *Peer) Deliver(messages ...*fastpubsubv1.Delivery) {
	p.Send(&fastpubsubv1.SessionResponse{Event: &fastpubsubv1.SessionResponse_Deliveries{
		Deliveries: &fastpubsubv1.Deliveries{Messages: messages},
	}})
}

// GoAway asks the client to move.
func (p *Peer) GoAway(untilClose time.Duration) {
	p.Send(&fastpubsubv1.SessionResponse{Event: &fastpubsubv1.SessionResponse_GoAway{GoAway: &fastpubsubv1.GoAway{
		Reason: fastpubsubv1.ErrorReason_ERROR_REASON_DRAINING, TimeUntilClose: durationpb.New(untilClose),
	}}})
}

// End ends the session as a server does: the reason, then the close.
func (p *Peer) End(reason fastpubsubv1.ErrorReason, text string) {
	p.Send(&fastpubsubv1.SessionResponse{Event: &fastpubsubv1.SessionResponse_Failure{
		Failure: &fastpubsubv1.Failure{Reason: reason, Message: text, ClosesSession: true},
	}})
	p.Close()
}

// Close closes the connection without a reason.
func (p *Peer) Close() { p.toClient.finish(hungUp) }

// CloseWith closes the connection with what the transport makes of it.
func (p *Peer) CloseWith(end *fault.Fault) { p.toClient.finish(end) }

// Stall makes the client's sends block, as a full network does, until the
// returned function is called.
func (p *Peer) Stall() (release func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	stall := make(chan struct{})
	p.stall = stall
	return func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.stall = nil
		close(stall)
	}
}

func (p *Peer) stalledNow() <-chan struct{} {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.stall
}
