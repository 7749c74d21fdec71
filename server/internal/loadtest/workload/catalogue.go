//go:build linux

package workload

import (
	"slices"
	"time"

	"github.com/fastpubsub/fastpubsub/server/internal/loadtest/systems"
)

// Names of workloads.
const (
	Burst1000      = "burst-1000"
	Burst100       = "burst-100"
	Paced1000      = "paced-1000"
	OneToOne       = "one-to-one"
	ChannelBurst   = "channel-burst"
	Idle           = "idle"
	StalledNone    = "stalled-none"
	StalledCut     = "stalled-disconnect"
	StalledDrop    = "stalled-drop-oldest"
	BurstAllCores  = "burst-1000-all-cores"
	ManySubscribed = "million-subscriptions"
	Storm          = "connect-storm"
	Churn          = "churn"
)

var (
	ours      = []string{systems.LLPS, systems.SessionWebSocket, systems.SessionGRPC}
	theirs    = []string{systems.NATS, systems.NATSWebSocket, systems.Redis}
	everybody = append(append([]string(nil), ours...), theirs...)
)

// All are the workloads. Those that are compared with each other follow each other.
func All() []Workload {
	bursts := []Workload{
		alone(Burst1000, "1 publisher → 1,000 listeners of a channel, burst of 10,000", everybody, burst(1, 1000, 10_000)),
		alone(BurstAllCores, "the same burst, with the server on all cores", ours, onAllCores(burst(1, 1000, 10_000))),
		alone(Burst100, "1 publisher → 100 listeners of a channel, burst of 40,000", everybody, burst(1, 100, 40_000)),
		alone(ChannelBurst, "1 publisher → 1,000 channels with 1 listener each, burst of 400,000", everybody, burst(1000, 1000, 400_000)),
	}
	delays := []Workload{
		steady("", Paced1000, "1 publisher → 1,000 listeners of a channel, 50 messages/s", everybody, paced(1000, 50, pacedTime)),
		steady("one-to-one", OneToOne, "1 publisher → 1 listener, 1,000 messages/s", append([]string{systems.Echo, systems.Relay}, everybody...), paced(1, 1000, pacedTime)),
		steady("stalled", StalledNone, "105 listeners, 500 messages/s of 4 KiB, none stalled", ours, stalled("disconnect", 0)),
		steady("stalled", StalledCut, "the same, 5 of them stalled, policy disconnect", ours, stalled("disconnect", stalledListeners)),
		steady("stalled", StalledDrop, "the same, 5 of them stalled, policy drop-oldest", ours, stalled("drop-oldest", stalledListeners)),
	}
	counts := []Workload{
		alone(Idle, "10,000 idle connections with 1 subscription each", everybody, idle(10_000)),
		alone(ManySubscribed, "10,000 connections with 100 subscriptions each, 100,000 messages to one each", append([]string{systems.NATSWebSocket}, ours...), subscribeMany),
		alone(Storm, "10,000 connections as fast as they come, beside 100 listeners at 100 messages/s", everybody, storm),
		alone(Churn, "20,000 subscribes and unsubscribes/s on 1,000 connections, beside 100 listeners at 100 messages/s", everybody, churn),
	}
	return slices.Concat(bursts, delays, counts)
}

// pacedTime is how long messages are published at a rate, all turns together.
const pacedTime = 4 * time.Second

func alone(name, title string, on []string, run func(Place, systems.System) (Figures, error)) Workload {
	return Workload{Name: name, Title: title, Systems: on, run: run}
}

// steady is a workload that publishes at a rate; turns is its Turns.
func steady(turns, name, title string, on []string, begin func(Place, systems.System) (*performance, error)) Workload {
	return Workload{Name: name, Title: title, Systems: on, Turns: turns, begin: begin}
}
