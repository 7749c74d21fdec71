// Package relay carries sessions between clients and a server, frame by frame,
// over both transports. It can put in a word of the server's: the request to
// move. So clients move from one connection to another although both lead to
// the same server, as in a cluster, where every message comes on both.
package relay

import (
	"sync"
	"sync/atomic"
	"time"

	"google.golang.org/protobuf/types/known/durationpb"

	fastpubsubv1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/v1"
)

// Relay passes sessions on. Any goroutine may use it.
type Relay struct {
	websocket *websocketSide
	grpc      *grpcSide

	publishes atomic.Int64

	mu    sync.Mutex
	links map[*link]struct{}
}

// New starts a relay on free ports of the loopback interface, before a server
// with these host:port addresses.
func New(http, grpc string) (*Relay, error) {
	r := &Relay{links: map[*link]struct{}{}}
	var err error
	if r.websocket, err = newWebSocketSide(r, http); err != nil {
		return nil, err
	}
	if r.grpc, err = newGRPCSide(r, grpc); err != nil {
		r.websocket.close()
		return nil, err
	}
	return r, nil
}

// HTTPAddr is where clients connect by WebSocket.
func (r *Relay) HTTPAddr() string { return r.websocket.addr() }

// GRPCAddr is where clients connect by gRPC.
func (r *Relay) GRPCAddr() string { return r.grpc.addr() }

// Close ends the relay and its sessions.
func (r *Relay) Close() {
	r.websocket.close()
	r.grpc.close()
}

// Move asks every client that is connected now to move, within a time. From
// then on each frame on its connection is held back for lag, so that the new
// connection is ahead of the old one, and what the client says to the old one
// takes effect bit by bit.
func (r *Relay) Move(within, lag time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for l := range r.links {
		l.move(within, lag)
	}
}

// End ends every session that there is now, as the server does for a reason;
// told: a Failure frame says so before.
func (r *Relay) End(reason fastpubsubv1.ErrorReason, told bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for l := range r.links {
		l.end(reason, told)
	}
}

// Leaving is how many sessions were asked to move and are still there.
func (r *Relay) Leaving() (n int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for l := range r.links {
		if l.isLeaving() {
			n++
		}
	}
	return n
}

// PublishFrames is how many frames with publishes have come from clients.
func (r *Relay) PublishFrames() int { return int(r.publishes.Load()) }

// open adds a session; the returned function removes it. send sends a frame to
// the client, hangUp ends the session.
func (r *Relay) open(send func(*fastpubsubv1.SessionResponse) error, hangUp func()) (l *link, remove func()) {
	l = &link{relay: r, send: send, hangUp: hangUp}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.links[l] = struct{}{}
	return l, func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		delete(r.links, l)
	}
}

// link is one session.
type link struct {
	relay  *Relay
	hangUp func()

	mu       sync.Mutex // of send, which one goroutine at a time may call, and of what follows
	send     func(*fastpubsubv1.SessionResponse) error
	welcomed bool
	leaving  bool
	lag      time.Duration
	ended    fastpubsubv1.ErrorReason // why; unspecified: it has not been ended
}

// pass passes a frame of the server on to the client.
func (l *link) pass(frame *fastpubsubv1.SessionResponse) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.welcomed = true
	time.Sleep(l.lag)
	return l.send(frame)
}

// hear looks at a frame of the client, and holds it back as long as it must be.
func (l *link) hear(frame *fastpubsubv1.SessionRequest) {
	if frame.GetPublish() != nil {
		l.relay.publishes.Add(1)
	}
	l.mu.Lock()
	lag := l.lag
	l.mu.Unlock()
	time.Sleep(lag)
}

// move puts in the request to move. A session that has not been welcomed yet is
// a new one already.
func (l *link) move(within, lag time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.welcomed || l.leaving {
		return
	}
	l.leaving, l.lag = true, lag
	_ = l.send(&fastpubsubv1.SessionResponse{Event: &fastpubsubv1.SessionResponse_GoAway{GoAway: &fastpubsubv1.GoAway{
		Reason: fastpubsubv1.ErrorReason_ERROR_REASON_DRAINING, Message: "the relay asks to move", TimeUntilClose: durationpb.New(within),
	}}}) // a connection that is gone needs no word
}

// endText is what the server would say for people.
const endText = "the relay ends the session"

func (l *link) end(reason fastpubsubv1.ErrorReason, told bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if told {
		_ = l.send(&fastpubsubv1.SessionResponse{Event: &fastpubsubv1.SessionResponse_Failure{Failure: &fastpubsubv1.Failure{
			Reason: reason, Message: endText, Retryable: traitsOf(reason).GetRetry() > fastpubsubv1.Retry_RETRY_NO, ClosesSession: true,
		}}}) // a connection that is gone needs no word
	}
	l.ended = reason
	l.hangUp()
}

// endedFor is why the session was ended.
func (l *link) endedFor() (reason fastpubsubv1.ErrorReason, ended bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.ended, l.ended != fastpubsubv1.ErrorReason_ERROR_REASON_UNSPECIFIED
}

func (l *link) isLeaving() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.leaving
}
