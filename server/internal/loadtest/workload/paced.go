//go:build linux

package workload

import (
	"time"

	"github.com/fastpubsub/fastpubsub/server/internal/loadtest/fleet"
	"github.com/fastpubsub/fastpubsub/server/internal/loadtest/systems"
)

// turnTime is how long a run at a rate publishes before it is another's turn. It is
// short beside the times in which a machine that others use, too, is slower than in
// others, so that these meet all that are compared alike; and long beside what the
// first message takes that finds another's data in the caches.
const turnTime = 250 * time.Millisecond

// perTurn is how many messages a turn has at so many a second.
func perTurn(rate int) int { return int(turnTime.Seconds() * float64(rate)) }

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
		}, perTurn(rate)), nil
	}
}
