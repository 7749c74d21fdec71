//go:build linux

package workload

import (
	"time"

	"github.com/fastpubsub/fastpubsub/server/internal/loadtest/fleet"
	"github.com/fastpubsub/fastpubsub/server/internal/loadtest/systems"
)

// usage is what deliveries took.
type usage struct {
	cpu    time.Duration // of the server
	own    time.Duration // CPU time of this program
	writes int           // of the server
	took   time.Duration
}

func (u *usage) add(other usage) {
	u.cpu += other.cpu
	u.own += other.own
	u.writes += other.writes
	u.took += other.took
}

// spend publishes until so many deliveries have arrived since the scene was opened.
func (s *scene) spend(want int, publish fleet.Step) (u usage, err error) {
	cpu, err := s.server.CPU()
	if err != nil {
		return u, err
	}
	writes, err := s.server.Writes()
	if err != nil {
		return u, err
	}
	own, err := systems.OwnCPU()
	if err != nil {
		return u, err
	}
	if u.took, err = s.AwaitDeliveries(uint64(want), limit, publish); err != nil {
		return u, err
	}
	if u.cpu, err = s.server.CPU(); err != nil {
		return u, err
	}
	u.cpu -= cpu
	if u.own, err = systems.OwnCPU(); err != nil {
		return u, err
	}
	u.own -= own
	u.writes, err = s.server.Writes()
	u.writes -= writes
	return u, err
}

// figures are those of deliveries, all of which have arrived and are checked.
func (s *scene) figures(used usage, deliveries int) (Figures, error) {
	if err := s.Finish(uint64(deliveries)); err != nil {
		return nil, err
	}
	figures := Figures{
		CPU: used.cpu.Seconds() / float64(deliveries) * 1e6, Rate: float64(deliveries) / used.took.Seconds(),
		Writes: float64(used.writes) / float64(deliveries),
	}
	s.addLatencies(figures)
	return figures, nil
}

// cpuOf is the CPU time of the server while something is done, and how long that took.
func (s *scene) cpuOf(do func() error) (used, took time.Duration, err error) {
	before, err := s.server.CPU()
	if err != nil {
		return 0, 0, err
	}
	began := time.Now()
	if err := do(); err != nil {
		return 0, 0, err
	}
	took = time.Since(began)
	after, err := s.server.CPU()
	return after - before, took, err
}
