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

	// calmTime is how long the healthy are alone.
	calmTime = time.Second

	healthyRate = 100 // messages per second to the listeners that are there already
)

// storm connects clients as fast as they come, while others are served.
func storm(p Place, s systems.System) (Figures, error) {
	scene, err := open(p, s, fleet.NewTally(payloadBytes, 1))
	if err != nil {
		return nil, err
	}
	defer scene.close()
	healthy, others, err := scene.healthy(p)
	if err != nil {
		return nil, err
	}
	n := p.scaled(stormConnections)
	used, took, err := scene.cpuOf(func() error {
		_, err := scene.Connect(n, stormAtOnce, limit, func(i int) []string { return []string{numbered("storm.%d")(i)} }, healthy.Step)
		return err
	})
	if err != nil {
		return nil, err
	}
	figures := Figures{Seconds: took.Seconds(), Rate: float64(n) / took.Seconds(), CPU: others.without(used, took) / float64(n) * 1e6}
	return figures, scene.calm(healthy, figures)
}

// healthy begins to serve listeners beside what is to come, and measures what they
// take by themselves. Latencies count from then on.
func (s *scene) healthy(p Place) (*fleet.Publisher, otherTraffic, error) {
	if _, err := s.listeners(healthyListeners, always("healthy")); err != nil {
		return nil, 0, err
	}
	c, err := s.publisher()
	if err != nil {
		return nil, 0, err
	}
	healthy := s.NewPublisher(c, fleet.Load{Channels: []string{"healthy"}, Interval: time.Second / healthyRate, Size: payloadBytes})
	alone := calmTime / time.Duration(max(1, p.Scale))
	used, took, err := s.cpuOf(func() error { return s.RunFor(alone, healthy.Step) })
	s.Tally.ForgetLatencies()
	return healthy, otherTraffic(used.Seconds() / took.Seconds()), err
}

// otherTraffic is the CPU time of the server, in seconds per second, for what is not to
// be measured.
type otherTraffic float64

// without is how many seconds of CPU time are left for what is to be measured.
func (o otherTraffic) without(used, took time.Duration) float64 {
	return max(0, used.Seconds()-float64(o)*took.Seconds())
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
