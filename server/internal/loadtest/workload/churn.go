//go:build linux

package workload

import (
	"fmt"
	"time"

	"github.com/fastpubsub/fastpubsub/server/internal/loadtest/fleet"
	"github.com/fastpubsub/fastpubsub/server/internal/loadtest/systems"
)

const (
	churnConnections = 1000
	churnRate        = 20_000 // commands per second
	churnTime        = 3 * time.Second

	// connectsSettle is longer than our server waits after many connects before it
	// collects what they have left.
	connectsSettle = 2 * time.Second
)

// churn has clients subscribe and unsubscribe all the time, while others are
// served.
func churn(p Place, s systems.System) (Figures, error) {
	scene, err := open(p, s, fleet.NewTally(payloadBytes, 1))
	if err != nil {
		return nil, err
	}
	defer scene.close()
	restless, err := scene.Connect(churnConnections, connectAtOnce, limit, func(int) []string { return nil })
	if err != nil {
		return nil, err
	}
	if err := scene.RunFor(min(p.Settling, connectsSettle)); err != nil {
		return nil, err
	}
	healthy, others, err := scene.healthy(p)
	if err != nil {
		return nil, err
	}
	c := &commands{connections: restless, total: p.scaled(churnRate*int(churnTime/time.Second)) / 2 * 2}
	used, took, err := scene.cpuOf(func() error { return scene.Run(limit, c.done, healthy.Step, c.step) })
	if err != nil {
		return nil, fmt.Errorf("%d of %d commands: %w", c.confirmed(), c.total, err)
	}
	figures := Figures{Rate: float64(c.total) / took.Seconds(), CPU: others.without(used, took) / float64(c.total) * 1e6}
	return figures, scene.calm(healthy, figures)
}

// commands are subscribes and unsubscribes in turn, each on its time.
type commands struct {
	connections []*fleet.Connection
	total, sent int
	began       time.Duration
}

func (c *commands) step(now time.Duration) (next time.Duration) {
	if c.began == 0 {
		c.began = now
	}
	for ; c.sent < c.total; c.sent++ {
		if due := c.began + time.Duration(c.sent)*time.Second/churnRate; due > now {
			return due
		}
		// A connection's unsubscribe comes a round after its subscribe.
		round, at := c.sent/len(c.connections), c.sent%len(c.connections)
		channel := fmt.Sprintf("churn.%d.%d", at, round/2)
		c.connections[at].Command(round%2 == 0, channel)
	}
	return now + time.Second
}

func (c *commands) confirmed() int {
	n := 0
	for _, connection := range c.connections {
		n += connection.Confirmed()
	}
	return n
}

func (c *commands) done() bool { return c.sent == c.total && c.confirmed() == c.total }
