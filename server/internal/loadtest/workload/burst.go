//go:build linux

package workload

import (
	"time"

	"github.com/fastpubsub/fastpubsub/server/internal/loadtest/fleet"
	"github.com/fastpubsub/fastpubsub/server/internal/loadtest/systems"
)

// payloadBytes is the size of a payload, where a workload does not say otherwise.
const payloadBytes = 128

// sampleEvery is of how many messages of a burst one is timed.
const sampleEvery = 16

// burst publishes as fast as it goes to listeners that share the channels evenly.
func burst(channels, listeners, messages int) func(Place, systems.System) (Figures, error) {
	return func(p Place, s systems.System) (Figures, error) {
		return fanOut(p, s, p.Server, fan{channels: channels, listeners: listeners, messages: p.scaled(messages), every: sampleEvery})
	}
}

// burstOnAll is burst with a server that may use all CPUs.
func burstOnAll(channels, listeners, messages int) func(Place, systems.System) (Figures, error) {
	return func(p Place, s systems.System) (Figures, error) {
		return fanOut(p, s, p.All, fan{channels: channels, listeners: listeners, messages: p.scaled(messages), every: sampleEvery})
	}
}

// paced publishes so many messages a second to listeners of one channel.
func paced(listeners, rate int, d time.Duration) func(Place, systems.System) (Figures, error) {
	return func(p Place, s systems.System) (Figures, error) {
		messages := p.scaled(int(d.Seconds() * float64(rate)))
		return fanOut(p, s, p.Server, fan{channels: 1, listeners: listeners, messages: messages, every: 1, interval: time.Second / time.Duration(rate)})
	}
}

type fan struct {
	channels, listeners, messages int
	every                         int
	interval                      time.Duration
}

func fanOut(p Place, s systems.System, cpus []int, f fan) (Figures, error) {
	if f.interval == 0 {
		if err := warmMemory(p.scaled(warmBytes)); err != nil {
			return nil, err
		}
	}
	scene, err := openOn(cpus, s, fleet.NewTally(payloadBytes, f.every))
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
	load := fleet.Load{Channels: names, Messages: f.messages, Interval: f.interval, Size: payloadBytes}
	return scene.deliver(publisher, load, f.messages*f.listeners/f.channels)
}
