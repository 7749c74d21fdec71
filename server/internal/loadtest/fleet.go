package main

import (
	"encoding/binary"
	"fmt"
	"time"

	"golang.org/x/sync/errgroup"
)

// headerBytes is the start of each payload: its number in its channel, and the
// time of publishing in nanoseconds since the Unix epoch.
const headerBytes = 16

// fleet is the publisher and the listeners of one run.
type fleet struct {
	publisher *llpsConnection
	listeners []*listener
	latencies *latencies
}

// source is a connection that receives.
type source interface {
	// subscribe subscribes to a channel, acknowledged.
	subscribe(channel string) error
	// receive calls take for each payload until take says that it has enough.
	receive(take func(payload []byte) (more bool, err error)) error
	close()
}

// listener checks what one connection receives.
type listener struct {
	source
	next      uint64 // number of the next message
	want      uint64
	every     uint64 // of how many messages one is timed
	latencies *latencies
}

func connectFleet(s *server, w workload) (*fleet, error) {
	publisher, err := dialLLPS(s)
	if err != nil {
		return nil, err
	}
	f := &fleet{publisher: publisher, listeners: make([]*listener, w.listeners), latencies: newLatencies()}
	var dialing errgroup.Group
	dialing.SetLimit(64)
	for i := range f.listeners {
		dialing.Go(func() error {
			source, err := dial(s, w.wire)
			if err != nil {
				return err
			}
			f.listeners[i] = &listener{source: source, want: uint64(w.messages / w.channels), every: w.timing(), latencies: f.latencies}
			return source.subscribe(channelName(i % w.channels))
		})
	}
	return f, dialing.Wait()
}

func dial(s *server, wire string) (source, error) {
	switch wire {
	case "llps":
		return dialLLPS(s)
	case "session-websocket":
		return dialSession(s)
	case "session-grpc":
		return dialGRPC(s)
	default:
		return nil, fmt.Errorf("unknown wire %q; use llps, session-websocket or session-grpc", wire)
	}
}

func channelName(i int) string { return fmt.Sprintf("load.%d", i) }

// run publishes everything and returns once every listener has all of it.
func (f *fleet) run(w workload) error {
	var receiving errgroup.Group
	for _, l := range f.listeners {
		receiving.Go(func() error { return l.receive(l.check) })
	}
	if err := f.publish(w); err != nil {
		return err
	}
	return receiving.Wait()
}

// check takes one payload.
func (l *listener) check(payload []byte) (more bool, err error) {
	if n := binary.BigEndian.Uint64(payload); n != l.next {
		return false, fmt.Errorf("got message %d, expected %d: lost, repeated or out of order", n, l.next)
	}
	if l.next%l.every == 0 {
		l.latencies.record(int64(binary.BigEndian.Uint64(payload[8:])))
	}
	l.next++
	return l.next < l.want, nil
}

// publish sends the messages, channel by channel in turn, a burst in large
// writes, a paced run each at its time.
func (f *fleet) publish(w workload) error {
	payload := make([]byte, max(w.payload, headerBytes))
	began := time.Now()
	for i := range w.messages {
		if w.rate > 0 {
			time.Sleep(time.Until(began.Add(time.Duration(i) * time.Second / time.Duration(w.rate))))
		}
		binary.BigEndian.PutUint64(payload, uint64(i/w.channels))
		binary.BigEndian.PutUint64(payload[8:], uint64(time.Now().UnixNano()))
		if err := f.publisher.publish(channelName(i%w.channels), payload, w.rate > 0); err != nil {
			return err
		}
	}
	return f.publisher.flush()
}

func (f *fleet) close() {
	f.publisher.close()
	for _, l := range f.listeners {
		l.close()
	}
}
