//go:build linux

package workload

import (
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/fastpubsub/fastpubsub/server/internal/loadtest/fleet"
	"github.com/fastpubsub/fastpubsub/server/internal/loadtest/systems"
)

const (
	manyConnections   = 10_000
	subscriptionsEach = 100
	manyMessages      = 100_000
)

// subscribeMany makes connections with many subscriptions each, all to channels
// of their own, and publishes to channels drawn at random.
func subscribeMany(p Place, s systems.System) (Figures, error) {
	connections, messages := p.scaled(manyConnections), p.scaled(manyMessages)
	scene, err := open(p, s, fleet.NewTally(payloadBytes, 1))
	if err != nil {
		return nil, err
	}
	defer scene.close()
	before, err := scene.server.Resident()
	if err != nil {
		return nil, err
	}
	began := time.Now()
	own := func(i int) []string {
		names := make([]string, subscriptionsEach)
		for k := range names {
			names[k] = fmt.Sprintf("user.%d.room.%d", i, k)
		}
		return names
	}
	if _, err := scene.Connect(connections, connectAtOnce, 2*limit, own); err != nil {
		return nil, err
	}
	subscribed := time.Since(began)
	if err := scene.RunFor(p.Settling); err != nil {
		return nil, err
	}
	after, err := scene.server.Resident()
	if err != nil {
		return nil, err
	}
	figures, err := scene.publishToEach(connections, messages)
	if err != nil {
		return nil, err
	}
	figures[Seconds] = subscribed.Seconds()
	figures[Subscriptions] = float64(after-before) / float64(connections*subscriptionsEach)
	return figures, nil
}

// publishToEach publishes one message to each of many channels.
func (s *scene) publishToEach(connections, messages int) (Figures, error) {
	publisher, err := s.publisher()
	if err != nil {
		return nil, err
	}
	random := rand.New(rand.NewPCG(1, 2))
	load := fleet.Load{Messages: messages, Size: payloadBytes, Listeners: 1}
	for _, at := range random.Perm(connections * subscriptionsEach)[:messages] {
		load.Channels = append(load.Channels, fmt.Sprintf("user.%d.room.%d", at/subscriptionsEach, at%subscriptionsEach))
		load.Slots = append(load.Slots, uint32(at%subscriptionsEach))
	}
	r := newRun(s, publisher, load)
	r.alone()
	if err := r.turn(); err != nil {
		return nil, err
	}
	return r.end()
}
