package nodetest

import (
	"slices"
	"sync"

	"google.golang.org/protobuf/proto"

	fastpubsubv1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/v1"
)

// link is a connection under a session.
type link interface {
	read() ([]byte, error)
	write(frame []byte) error
	// close ends the connection with a reason, or without a word.
	close(refusal *Refusal)
}

type session struct {
	node *Node
	link link
	wake chan struct{}
	done chan struct{}

	mu       sync.Mutex
	patterns map[[2]string]uint64
	pending  []*fastpubsubv1.SessionResponse
	ending   bool
	refusal  *Refusal
}

// serve runs a session until it ends.
func (n *Node) serve(l link) {
	s := &session{node: n, link: l, wake: make(chan struct{}, 1), done: make(chan struct{}), patterns: make(map[[2]string]uint64)}
	s.send(&fastpubsubv1.SessionResponse{Event: &fastpubsubv1.SessionResponse_Welcome{Welcome: n.Welcome}})
	n.mu.Lock()
	n.sessions[s] = struct{}{}
	n.begun++
	n.mu.Unlock()
	var writing sync.WaitGroup
	writing.Go(s.write)
	for {
		frame, err := l.read()
		if err != nil {
			break
		}
		var request fastpubsubv1.SessionRequest
		if proto.Unmarshal(frame, &request) != nil || request.GetCommand() == nil {
			s.end(&Refusal{fastpubsubv1.ErrorReason_ERROR_REASON_FRAME_INVALID, "not a frame"})
			break
		}
		s.handle(&request)
	}
	n.mu.Lock()
	delete(n.sessions, s)
	n.mu.Unlock()
	close(s.done)
	writing.Wait()
}

// write sends what is pending; neighbouring deliveries share a frame.
func (s *session) write() {
	for {
		s.mu.Lock()
		pending, ending, refusal := s.pending, s.ending, s.refusal
		s.pending = nil
		s.mu.Unlock()
		for len(pending) > 0 {
			frame := pending[0]
			pending = pending[1:]
			for len(pending) > 0 && frame.GetDeliveries() != nil && pending[0].GetDeliveries() != nil {
				frame.GetDeliveries().Messages = append(frame.GetDeliveries().Messages, pending[0].GetDeliveries().GetMessages()...)
				pending = pending[1:]
			}
			encoded, err := proto.Marshal(frame)
			if err != nil || s.link.write(encoded) != nil {
				return
			}
		}
		if ending {
			s.link.close(refusal)
			return
		}
		select {
		case <-s.wake:
		case <-s.done:
			return
		}
	}
}

func (s *session) send(response *fastpubsubv1.SessionResponse) {
	s.mu.Lock()
	s.pending = append(s.pending, response)
	s.mu.Unlock()
	s.signal()
}

func (s *session) signal() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// end ends the session: the reason as a frame, then the close.
func (s *session) end(refusal *Refusal) {
	if refusal != nil {
		s.send(&fastpubsubv1.SessionResponse{Event: &fastpubsubv1.SessionResponse_Failure{Failure: &fastpubsubv1.Failure{
			Reason: refusal.Reason, Message: refusal.Text, ClosesSession: true,
		}}})
	}
	s.mu.Lock()
	s.ending, s.refusal = true, refusal
	s.mu.Unlock()
	s.signal()
}

func (s *session) handle(request *fastpubsubv1.SessionRequest) {
	switch command := request.GetCommand().(type) {
	case *fastpubsubv1.SessionRequest_Subscribe:
		s.subscribe(command.Subscribe)
	case *fastpubsubv1.SessionRequest_Unsubscribe:
		s.mu.Lock()
		delete(s.patterns, [2]string{command.Unsubscribe.GetTenant(), command.Unsubscribe.GetPattern()})
		s.mu.Unlock()
		s.succeed(&fastpubsubv1.Success{RequestIds: []uint64{command.Unsubscribe.GetRequestId()}})
	case *fastpubsubv1.SessionRequest_Publish:
		s.publish(command.Publish.GetMessages())
	case *fastpubsubv1.SessionRequest_Authenticate:
		s.authenticate(command.Authenticate)
	case *fastpubsubv1.SessionRequest_Ping:
		s.succeed(&fastpubsubv1.Success{RequestIds: []uint64{command.Ping.GetRequestId()}})
	}
}

func (s *session) succeed(success *fastpubsubv1.Success) {
	s.send(&fastpubsubv1.SessionResponse{Event: &fastpubsubv1.SessionResponse_Success{Success: success}})
}

func (s *session) refuse(requestID uint64, refusal *Refusal) {
	s.send(&fastpubsubv1.SessionResponse{Event: &fastpubsubv1.SessionResponse_Failure{Failure: &fastpubsubv1.Failure{
		RequestId: requestID, Reason: refusal.Reason, Message: refusal.Text,
	}}})
}

func (s *session) subscribe(command *fastpubsubv1.SubscribeCommand) {
	if refusal := s.node.allow(command.GetPattern()); refusal != nil {
		s.refuse(command.GetRequestId(), refusal)
		return
	}
	handle := s.node.handle(command.GetTenant(), command.GetPattern())
	s.mu.Lock()
	s.patterns[[2]string{command.GetTenant(), command.GetPattern()}] = handle
	s.mu.Unlock()
	s.succeed(&fastpubsubv1.Success{RequestIds: []uint64{command.GetRequestId()}, PatternHandle: handle})
}

func (s *session) publish(messages []*fastpubsubv1.OutgoingMessage) {
	var accepted []uint64
	for _, m := range messages {
		if refusal := s.node.allow(m.GetChannel()); refusal != nil {
			s.refuse(m.GetRequestId(), refusal)
			continue
		}
		s.node.cluster.publish(m)
		if m.GetRequestId() != 0 {
			accepted = append(accepted, m.GetRequestId())
		}
	}
	if accepted != nil {
		s.succeed(&fastpubsubv1.Success{RequestIds: accepted})
	}
}

func (s *session) authenticate(command *fastpubsubv1.AuthenticateCommand) {
	if refusal := s.node.admit(command.GetToken()); refusal != nil {
		s.refuse(command.GetRequestId(), refusal)
		return
	}
	s.succeed(&fastpubsubv1.Success{RequestIds: []uint64{command.GetRequestId()}, TokenExpiresAt: s.node.Welcome.GetTokenExpiresAt()})
}

func (s *session) matches(tenant, channel string) bool { return s.handles(tenant, channel) != nil }

func (s *session) handles(tenant, channel string) (handles []uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for key, handle := range s.patterns {
		if key[0] == tenant && matches(key[1], channel) {
			handles = append(handles, handle)
		}
	}
	slices.Sort(handles)
	return handles
}

func (s *session) deliver(delivery *fastpubsubv1.Delivery) {
	own := proto.CloneOf(delivery)
	own.PatternHandles = s.handles(delivery.GetTenant(), delivery.GetChannel())
	s.send(&fastpubsubv1.SessionResponse{Event: &fastpubsubv1.SessionResponse_Deliveries{
		Deliveries: &fastpubsubv1.Deliveries{Messages: []*fastpubsubv1.Delivery{own}},
	}})
}
