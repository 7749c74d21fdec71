//go:build linux

package workload

import (
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
func burst(channels, listeners, messages int) func(Place, systems.System) (*run, error) {
	return func(p Place, s systems.System) (*run, error) {
		names := make([]string, channels)
		for i := range names {
			names[i] = numbered("load.%d")(i)
		}
		scene, publisher, err := gather(p, s, listeners, sampleEvery, func(i int) string { return names[i%channels] })
		if err != nil {
			return nil, err
		}
		load := fleet.Load{Channels: names, Messages: p.scaled(messages), Size: payloadBytes, Listeners: listeners / channels, Ahead: mostAhead}
		return newRun(scene, publisher, load), nil
	}
}

// onAllCores is a workload with a server that may use all CPUs.
func onAllCores(begin func(Place, systems.System) (*run, error)) func(Place, systems.System) (*run, error) {
	return func(p Place, s systems.System) (*run, error) {
		p.Server = p.All
		return begin(p, s)
	}
}

// gather opens a scene with listeners and a client that publishes to them.
func gather(p Place, s systems.System, listeners, every int, channel func(i int) string) (*scene, *fleet.Connection, error) {
	scene, err := open(p, s, fleet.NewTally(payloadBytes, every))
	if err != nil {
		return nil, nil, err
	}
	made, err := scene.listeners(listeners, channel)
	var publisher *fleet.Connection
	switch {
	case err != nil:
	case s.Name == systems.Echo: // what is sent goes back to who sent it
		publisher = made[0]
	default:
		publisher, err = scene.publisher()
	}
	if err != nil {
		scene.close()
	}
	return scene, publisher, err
}
