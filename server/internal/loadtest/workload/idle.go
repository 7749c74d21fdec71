//go:build linux

package workload

import (
	"github.com/fastpubsub/fastpubsub/server/internal/loadtest/fleet"
	"github.com/fastpubsub/fastpubsub/server/internal/loadtest/systems"
)

// idle measures the memory of connections with one subscription each.
func idle(connections int) func(Place, systems.System) (Figures, error) {
	return func(p Place, s systems.System) (Figures, error) {
		connections := p.scaled(connections)
		scene, err := open(p, s, fleet.NewTally(payloadBytes, 1))
		if err != nil {
			return nil, err
		}
		defer scene.close()
		before, err := scene.server.Resident()
		if err != nil {
			return nil, err
		}
		if _, err := scene.listeners(connections, numbered("idle.%d")); err != nil {
			return nil, err
		}
		if err := scene.RunFor(p.Settling); err != nil {
			return nil, err
		}
		after, err := scene.server.Resident()
		return Figures{Memory: float64(after-before) / 1024 / float64(connections)}, err
	}
}
