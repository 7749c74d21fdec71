//go:build linux

package workload

import (
	"fmt"
	"time"

	"github.com/fastpubsub/fastpubsub/server/internal/loadtest/fleet"
	"github.com/fastpubsub/fastpubsub/server/internal/loadtest/systems"
)

// payloadBytes is the size of a payload, where a workload does not say otherwise.
const payloadBytes = 128

// sampleEvery is of how many messages of a burst one is timed.
const sampleEvery = 16

// mostAhead is how many deliveries are on their way at most, some 150 MiB. A server that
// is faster than the listeners would be charged for what it takes the kernel to find
// memory for all that they have not read yet.
const mostAhead = 1 << 20

// burst publishes as fast as it goes to listeners that share the channels evenly.
func burst(channels, listeners, messages int) func(Place, systems.System) (Figures, error) {
	return func(p Place, s systems.System) (Figures, error) {
		return warmedUp(p, s, fan{channels: channels, listeners: listeners, messages: p.scaled(messages), every: sampleEvery})
	}
}

// onAllCores is a workload with a server that may use all CPUs.
func onAllCores(run func(Place, systems.System) (Figures, error)) func(Place, systems.System) (Figures, error) {
	return func(p Place, s systems.System) (Figures, error) {
		p.Server = p.All
		return run(p, s)
	}
}

// warmedUp measures the second of two equal runs, each of a server of its own. The
// first makes the kernel's buffers as large as the run needs them: the host of a
// virtual machine may have taken away what was not used for some seconds, and then
// hands out each page at its first use, which costs ten times what it does otherwise
// and would be charged to whoever runs after a quiet workload.
func warmedUp(p Place, s systems.System, f fan) (Figures, error) {
	if _, err := fanOut(p, s, f); err != nil {
		return nil, fmt.Errorf("warming up: %w", err)
	}
	return fanOut(p, s, f)
}

// paced publishes so many messages a second to listeners of one channel.
func paced(listeners, rate int, d time.Duration) func(Place, systems.System) (Figures, error) {
	return func(p Place, s systems.System) (Figures, error) {
		messages := p.scaled(int(d.Seconds() * float64(rate)))
		return fanOut(p, s, fan{channels: 1, listeners: listeners, messages: messages, every: 1, interval: time.Second / time.Duration(rate)})
	}
}

type fan struct {
	channels, listeners, messages int
	every                         int
	interval                      time.Duration
}

func fanOut(p Place, s systems.System, f fan) (Figures, error) {
	scene, err := open(p, s, fleet.NewTally(payloadBytes, f.every))
	if err != nil {
		return nil, err
	}
	defer scene.close()
	names := make([]string, f.channels)
	for i := range names {
		names[i] = numbered("load.%d")(i)
	}
	listeners, err := scene.listeners(f.listeners, func(i int) string { return names[i%f.channels] })
	if err != nil {
		return nil, err
	}
	publisher := listeners[0]
	if s.Name != systems.Echo { // an echo goes back to who sent it
		if publisher, err = scene.publisher(); err != nil {
			return nil, err
		}
	}
	load := fleet.Load{
		Channels: names, Messages: f.messages, Interval: f.interval, Size: payloadBytes,
		Listeners: f.listeners / f.channels, Ahead: mostAhead,
	}
	return scene.deliver(publisher, load, f.messages*f.listeners/f.channels)
}
