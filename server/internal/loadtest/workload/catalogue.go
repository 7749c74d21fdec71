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

// All are the workloads.
func All() []Workload {
	return slices.Concat(bursts(), paces(), counts())
}

func bursts() []Workload {
	return []Workload{
		{
			Name: Burst1000, Title: "1 publisher → 1,000 listeners of a channel, burst of 10,000", Turns: Burst1000,
			Systems: everybody, begin: burst(1, 1000, 10_000),
		},
		{
			Name: BurstAllCores, Title: "the same burst, with the server on all cores", Turns: Burst1000,
			Systems: ours, begin: onAllCores(burst(1, 1000, 10_000)),
		},
		{
			Name: Burst100, Title: "1 publisher → 100 listeners of a channel, burst of 40,000", Turns: Burst100,
			Systems: everybody, begin: burst(1, 100, 40_000),
		},
		{
			Name: ChannelBurst, Title: "1 publisher → 1,000 channels with 1 listener each, burst of 400,000", Turns: ChannelBurst,
			Systems: everybody, begin: burst(1000, 1000, 400_000),
		},
	}
}

// pacedTime is how long messages are published at a rate, all turns together.
const pacedTime = 4 * time.Second

func paces() []Workload {
	none := Workload{
		Name: StalledNone, Title: "105 listeners, 500 messages/s of 4 KiB, none stalled", Turns: StalledNone, EachSystem: true,
		Systems: ours, begin: stalled("disconnect", 0),
	}
	cut, drop := none, none
	cut.Name, cut.Title = StalledCut, "the same, 5 of them stalled, policy disconnect"
	cut.begin = stalled("disconnect", stalledListeners)
	drop.Name, drop.Title = StalledDrop, "the same, 5 of them stalled, policy drop-oldest"
	drop.begin = stalled("drop-oldest", stalledListeners)
	return []Workload{
		{ // Without turns: a turn would be a dozen messages, too few to forget the others' turns.
			Name: Paced1000, Title: "1 publisher → 1,000 listeners of a channel, 50 messages/s",
			Systems: everybody, begin: paced(1000, 50, pacedTime),
		},
		{
			Name: OneToOne, Title: "1 publisher → 1 listener, 1,000 messages/s", Turns: OneToOne,
			Systems: append([]string{systems.Echo, systems.Relay}, everybody...), begin: paced(1, 1000, pacedTime),
		},
		none, cut, drop,
	}
}

func counts() []Workload {
	return []Workload{
		{Name: Idle, Title: "10,000 idle connections with 1 subscription each", Systems: everybody, whole: idle(10_000)},
		{
			Name: ManySubscribed, Title: "10,000 connections with 100 subscriptions each, 100,000 messages to one each",
			Systems: append([]string{systems.NATSWebSocket}, ours...), whole: subscribeMany,
		},
		{Name: Storm, Title: "10,000 connections as fast as they come, beside 100 listeners at 100 messages/s", Systems: everybody, whole: storm},
		{
			Name: Churn, Title: "20,000 subscribes and unsubscribes/s on 1,000 connections, beside 100 listeners at 100 messages/s",
			Systems: everybody, whole: churn,
		},
	}
}
