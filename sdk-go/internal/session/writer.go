package session

import (
	"time"

	"github.com/fastpubsub/fastpubsub/sdk-go/internal/fault"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/outbox"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/registry"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/wire"
)

// lastWordTime is how long a peer whose connection fails gets to say why.
const lastWordTime = time.Second

// write sends what is pending, and sleeps when there is nothing.
func (s *Session) write() {
	var batch outbox.Batch
	for {
		if frame := s.nextControl(); frame != nil {
			if !s.transmit(frame) {
				return
			}
			continue
		}
		if s.config.Outbox.Take(s.consumer, s.welcome.Limits.Frame, &batch) {
			if !s.sendBatch(&batch) {
				return
			}
			continue
		}
		if s.isFinishing() {
			s.conn.Close()
			return
		}
		select {
		case <-s.consumer.Wake():
		case <-s.done:
			return
		}
	}
}

func (s *Session) nextControl() []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.control) == 0 {
		return nil
	}
	frame := s.control[0]
	s.control = s.control[1:]
	return frame
}

func (s *Session) isFinishing() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.finishing && len(s.control) == 0
}

// transmit hands a frame to the transport. After a failure nothing more is
// sent, and the reader gets some time to learn from the peer what is wrong.
func (s *Session) transmit(frame []byte) bool {
	err := s.conn.Send(frame)
	if err == nil {
		return true
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.ended {
		s.endLater(fault.From(err))
	}
	return false
}

// sendBatch sends what the outbox gave.
func (s *Session) sendBatch(batch *outbox.Batch) bool {
	if batch.TooLarge > 0 {
		s.config.Report(fault.Newf(fault.PayloadTooLarge, "%d unacknowledged publishes are longer than a frame of this server may be", batch.TooLarge))
	}
	if batch.HasCommand {
		return s.sendCommand(batch.Command)
	}
	if batch.Frame == nil {
		return true
	}
	sent := s.expect(batch.Acks) && s.transmit(batch.Frame)
	var outcome *fault.Fault
	if !sent {
		outcome = lost(nil)
	}
	for _, r := range batch.Handed {
		r.Complete(outcome)
	}
	if unwaited := batch.Unacknowledged - len(batch.Handed); !sent && unwaited > 0 {
		s.config.Report(fault.Newf(fault.ConnectionLost,
			"the connection broke while %d unacknowledged publishes were being sent; they may be lost", unwaited))
	}
	return sent
}

// expect records publishes before they are sent, so that no answer comes too
// early. When the session has ended already, they have failed.
func (s *Session) expect(acks []outbox.Ack) bool {
	s.mu.Lock()
	ended := s.ended
	for _, ack := range acks {
		if !ended {
			s.publishes[ack.ID] = ack.Receipt
		}
	}
	s.mu.Unlock()
	if ended {
		for _, ack := range acks {
			ack.Receipt.Complete(lost(s.Cause()))
		}
		s.config.Outbox.Release(len(acks))
	}
	return !ended
}

// sendCommand sends a command from the outbox.
func (s *Session) sendCommand(c outbox.Command) bool {
	if c.Route == nil {
		s.send(command{kind: ping, receipt: c.Receipt, sentAt: time.Now()}, wire.Ping)
		return true
	}
	switch action, telling := s.ledger.Sync(c.Route); action {
	case registry.Subscribe:
		s.sendSubscribe(command{kind: subscribe, receipt: c.Receipt, telling: telling})
	case registry.Unsubscribe:
		s.sendUnsubscribe(command{kind: unsubscribe, receipt: c.Receipt, route: c.Route})
	case registry.Nothing:
		c.Receipt.Complete(nil)
	}
	return true
}

func (s *Session) sendSubscribe(c command) {
	route := c.telling.Route
	s.send(c, func(id uint64) []byte { return wire.Subscribe(id, route.Tenant, route.Pattern) })
}

func (s *Session) sendUnsubscribe(c command) {
	s.send(c, func(id uint64) []byte { return wire.Unsubscribe(id, c.route.Tenant, c.route.Pattern) })
}
