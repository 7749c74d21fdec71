//go:build linux

package workload

import (
	"time"

	"github.com/fastpubsub/fastpubsub/server/internal/loadtest/fleet"
	"github.com/fastpubsub/fastpubsub/server/internal/loadtest/systems"
)

// paced publishes so many messages a second to listeners of one channel.
func paced(listeners, rate int, d time.Duration) func(Place, systems.System) (*run, error) {
	return func(p Place, s systems.System) (*run, error) {
		scene, publisher, err := gather(p, s, listeners, 1, always("load"))
		if err != nil {
			return nil, err
		}
		return newRun(scene, publisher, fleet.Load{
			Channels: []string{"load"}, Messages: p.scaled(int(d.Seconds() * float64(rate))), Interval: time.Second / time.Duration(rate),
			Size: payloadBytes, Listeners: listeners,
		}), nil
	}
}
