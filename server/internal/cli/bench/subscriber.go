package bench

import (
	"context"
	"fmt"
	"time"
)

// subscriber receives all messages of the run over one client and checks them.
type subscriber struct {
	run        *run
	number     int
	client     Subscriber
	streams    map[string][]tracker // by channel and publisher
	open       int                  // streams without a mark at their end
	unreported uint64               // messages that the window does not know of
	received   uint64
	lagged     uint64
	finished   time.Duration // when the last message came
	latencies  recorder
}

func newSubscriber(r *run, number int, client Subscriber) *subscriber {
	s := &subscriber{
		run: r, number: number, client: client, streams: map[string][]tracker{},
		open: len(r.channels) * r.plan.Publishers, latencies: newRecorder(),
	}
	for _, channel := range r.channels {
		s.streams[channel] = make([]tracker, r.plan.Publishers)
	}
	return s
}

// receive takes messages until every stream has ended. That ctx ends is no error:
// what has not come by then is lost.
func (s *subscriber) receive(ctx context.Context) error {
	for s.open > 0 {
		message, lost, err := s.client.Receive(ctx)
		switch {
		case ctx.Err() != nil:
			return nil
		case err != nil:
			return fmt.Errorf("subscriber %d: %w", s.number, err)
		case lost > 0:
			s.lagged += lost
			s.report(lost)
		default:
			s.take(message)
		}
	}
	return nil
}

func (s *subscriber) take(message Message) {
	read, ok := readStamp(message.Payload)
	streams := s.streams[message.Channel]
	if !ok || int(read.publisher) >= len(streams) {
		return // somebody else's
	}
	stream := &streams[read.publisher]
	if read.kind == kindEnd {
		if !stream.ended {
			s.open--
		}
		stream.end(read.sequence)
		return
	}
	now := s.run.elapsed()
	stream.observe(read.sequence)
	s.latencies.record(now - read.sent)
	s.received++
	s.finished = now
	s.run.progress.Add(1)
	s.report(1)
}

// report tells the window of messages, several at once.
func (s *subscriber) report(messages uint64) {
	s.unreported += messages
	if s.unreported >= s.run.reportEvery {
		s.run.window.arrived(s.number, s.unreported)
		s.unreported = 0
	}
}

// faults are those of all streams. What publishers have sent is known by then.
func (s *subscriber) faults(publishers []*publisher) Faults {
	var all Faults
	for i, channel := range s.run.channels {
		for number := range s.streams[channel] {
			all.add(s.streams[channel][number].faults(publishers[number].sequences[i]))
		}
	}
	return all
}
