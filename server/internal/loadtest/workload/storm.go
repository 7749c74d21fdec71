//go:build linux

package workload

import (
	"time"

	"github.com/fastpubsub/fastpubsub/server/internal/loadtest/fleet"
	"github.com/fastpubsub/fastpubsub/server/internal/loadtest/systems"
)

const (
	stormConnections = 10_000
	// stormAtOnce is how many of a storm are on their way at a time: as many as
	// a listening socket queues, by Linux' default (net.core.somaxconn), with room
	// to spare. More would measure the kernel's retries, which come after a second.
	stormAtOnce = 2000

	healthyRate = 100 // messages per second to the listeners that are there already
)

// storm connects clients as fast as they come, while others are served.
func storm(p Place, s systems.System) (Figures, error) {
	scene, err := open(p, s, fleet.NewTally(payloadBytes, 1))
	if err != nil {
		return nil, err
	}
	defer scene.close()
	healthy, err := scene.healthy()
	if err != nil {
		return nil, err
	}
	before, err := scene.server.CPU()
	if err != nil {
		return nil, err
	}
	began, n := time.Now(), p.scaled(stormConnections)
	if _, err := scene.Connect(n, stormAtOnce, limit, func(i int) []string { return []string{numbered("storm.%d")(i)} }, healthy.Step); err != nil {
		return nil, err
	}
	took := time.Since(began)
	after, err := scene.server.CPU()
	if err != nil {
		return nil, err
	}
	figures := Figures{Seconds: took.Seconds(), Rate: float64(n) / took.Seconds(), CPU: (after - before).Seconds() / float64(n) * 1e6}
	return figures, scene.calm(healthy, figures)
}

// healthy begins to serve listeners beside what is to come.
func (s *scene) healthy() (*fleet.Publisher, error) {
	if _, err := s.listeners(healthyListeners, always("healthy")); err != nil {
		return nil, err
	}
	c, err := s.publisher()
	if err != nil {
		return nil, err
	}
	return s.NewPublisher(c, fleet.Load{Channels: []string{"healthy"}, Interval: time.Second / healthyRate, Size: payloadBytes}), nil
}

// calm ends the healthy traffic, checks it and adds its latencies.
func (s *scene) calm(healthy *fleet.Publisher, figures Figures) error {
	healthy.Stop()
	want := uint64(healthy.Sent() * healthyListeners)
	if _, err := s.AwaitDeliveries(want, limit, healthy.Step); err != nil {
		return err
	}
	s.addLatencies(figures)
	return s.Finish(want)
}
