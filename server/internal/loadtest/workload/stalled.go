//go:build linux

package workload

import (
	"fmt"
	"time"

	"github.com/fastpubsub/fastpubsub/server/internal/loadtest/fleet"
	"github.com/fastpubsub/fastpubsub/server/internal/loadtest/systems"
)

const (
	healthyListeners = 100
	stalledListeners = 5
	stalledRate      = 500 // messages per second
	stalledPayload   = 4 << 10
	// stalledTime is as long as it takes to fill a queue and the kernel's buffers under
	// it, with Linux' defaults 2.5 to 3 s, and a second more.
	stalledTime = 4 * time.Second
	// StalledQueue is the server's bound of an outgoing queue, in bytes.
	StalledQueue = 2 << 20
)

// stalled has some of the listeners stop reading.
func stalled(policy string, stuck int) func(Place, systems.System) (*run, error) {
	return func(p Place, s systems.System) (*run, error) {
		scene, err := open(p, s, fleet.NewTally(stalledPayload, 1), "--overflow-policy", policy, "--max-queue-bytes", fmt.Sprint(StalledQueue))
		if err != nil {
			return nil, err
		}
		r, err := scene.besideStalled(p, policy, stuck)
		if err != nil {
			scene.close()
		}
		return r, err
	}
}

// besideStalled makes a run beside stalled listeners, which measures the memory that it takes
// at most, and checks what became of the stalled.
func (s *scene) besideStalled(p Place, policy string, stuck int) (*run, error) {
	listeners, err := s.listeners(healthyListeners+stalledListeners, always("load"))
	if err != nil {
		return nil, err
	}
	for _, c := range listeners[:stuck] {
		if err := c.Stall(); err != nil {
			return nil, err
		}
	}
	publisher, err := s.publisher()
	if err != nil {
		return nil, err
	}
	before, err := s.server.Resident()
	if err != nil {
		return nil, err
	}
	if err := s.server.ResetPeak(); err != nil {
		return nil, err
	}
	r := newRun(s, publisher, fleet.Load{
		Channels: []string{"load"}, Messages: p.scaled(stalledRate * int(stalledTime/time.Second)), Interval: time.Second / stalledRate,
		Size: stalledPayload, Listeners: healthyListeners + stalledListeners - stuck,
	})
	r.finish = func(figures Figures) error {
		most, err := s.server.Peak()
		if err != nil {
			return err
		}
		figures[Growth] = float64(most-before) / (1 << 20)
		if p.Scale > 1 { // too little to fill a queue
			return nil
		}
		return checkEnded(listeners[:stuck], policy == "disconnect")
	}
	return r, nil
}

// How long the end of a stalled connection is waited for where it must come, and
// where it must not.
const (
	endPatience = 5 * time.Second
	stayTime    = 50 * time.Millisecond
)

// checkEnded fails unless the policy has shown itself: the server has ended the
// stalled connections, or none of them.
func checkEnded(stuck []*fleet.Connection, want bool) error {
	within := stayTime
	if want {
		within = endPatience
	}
	for _, c := range stuck {
		if why := c.Ended(within); (why != nil) != want {
			return fmt.Errorf("a stalled connection that the server should end: %t; its end: %v", want, why)
		}
	}
	return nil
}
