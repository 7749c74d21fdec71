package session

import (
	"time"

	fastpubsubv1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/v1"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/fault"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/wire"
)

// read handles what the server sends until the connection ends. It never waits
// for the application.
func (s *Session) read() {
	decoder := wire.NewDecoder()
	for {
		frame, err := s.conn.Receive()
		if err != nil {
			s.end(fault.From(err))
			return
		}
		event, err := decoder.Decode(frame)
		if err != nil {
			s.end(fault.Wrap(err, fault.ConnectionLost, "the server sent something that is not a frame of the protocol"))
			return
		}
		s.heard.Store(true)
		if event.Deliveries != nil {
			s.feed.Deliver(event.Deliveries)
		} else if event.Response != nil {
			s.handle(event.Response)
		}
	}
}

func (s *Session) handle(response *fastpubsubv1.SessionResponse) {
	switch event := response.GetEvent().(type) {
	case *fastpubsubv1.SessionResponse_Welcome:
		s.welcomeIn(event.Welcome)
	case *fastpubsubv1.SessionResponse_Success:
		s.succeed(event.Success)
	case *fastpubsubv1.SessionResponse_Failure:
		s.fail(event.Failure)
	case *fastpubsubv1.SessionResponse_Lost:
		s.feed.Lost(event.Lost.GetMessages())
	case *fastpubsubv1.SessionResponse_SubscriptionEnded:
		s.subscriptionEnded(event.SubscriptionEnded)
	case *fastpubsubv1.SessionResponse_GoAway:
		s.sendAway(event.GoAway)
	}
}

// welcomeIn takes the first welcome; there is no second one.
func (s *Session) welcomeIn(welcome *fastpubsubv1.Welcome) {
	select {
	case <-s.welcomed:
		return
	default:
	}
	s.welcome = welcomeOf(welcome)
	s.expiry.Store(unixNanos(welcome.GetTokenExpiresAt()))
	close(s.welcomed)
}

// sendAway takes the first go-away; further ones say nothing new.
func (s *Session) sendAway(event *fastpubsubv1.GoAway) {
	select {
	case <-s.goAway:
		return
	default:
	}
	s.going = GoAway{
		Reason: event.GetReason(),
		Text:   event.GetMessage(),
		Until:  time.Now().Add(event.GetTimeUntilClose().AsDuration()),
	}
	close(s.goAway)
}

func (s *Session) subscriptionEnded(event *fastpubsubv1.SubscriptionEnded) {
	route := s.feed.Route(event.GetPatternHandle())
	if route == nil {
		return // unsubscribed meanwhile
	}
	s.ledger.Ended(route, fault.New(fault.FromContract(event.GetReason()), event.GetMessage()))
	s.feed.Unbind(route)
}
