//go:build linux

// Package workload is what is measured: each workload starts a server, makes a
// fleet of clients, and gives back figures. A run counts only if every listener
// has got every message, once and in order.
package workload

import (
	"fmt"
	"time"

	"github.com/fastpubsub/fastpubsub/server/internal/loadtest/fleet"
	"github.com/fastpubsub/fastpubsub/server/internal/loadtest/systems"
)

// Figures are what a run has measured, by name.
type Figures map[string]float64

// Names of figures.
const (
	CPU           = "cpu_s_per_million"      // server's CPU seconds per million deliveries, or commands
	OwnCPU        = "own_cpu_s_per_million"  // the same of this program, which publishes and receives
	Cores         = "cores"                  // that the server has kept busy
	Rate          = "per_second"             // deliveries, or commands
	P50           = "p50_ms"                 // from when a message was due until it was read
	P99           = "p99_ms"                 //
	P999          = "p999_ms"                //
	TurnP99       = "turn_p99_ms"            // the same 99th percentile of a single turn: the median of all turns
	Memory        = "kib_per_connection"     // resident memory that a connection adds
	Growth        = "memory_growth_mib"      // resident memory that a run adds at most
	Writes        = "writes_per_delivery"    // system calls of the server
	Seconds       = "seconds"                // until everything is done
	Subscriptions = "bytes_per_subscription" // resident memory that a subscription adds
)

// Place is where a workload runs.
type Place struct {
	// Server are the CPUs of the server.
	Server []int
	// All are those of the server and of this program.
	All []int
	// Scale divides the amount of work, for a quick look; 1: all of it.
	Scale int
	// Settling is how long connections are idle before memory is read.
	Settling time.Duration
}

func (p Place) scaled(n int) int { return max(1, n/max(1, p.Scale)) }

// Workload is one thing to measure.
type Workload struct {
	// Name is what it is called on the command line and in the results.
	Name string
	// Title says what happens.
	Title string
	// Systems are those that it is for, by name.
	Systems []string
	// Turns is what the workloads have in common that are compared, and therefore take
	// turns; empty: each run is by itself.
	Turns string
	// EachSystem says that they are compared on each system, not between systems.
	EachSystem bool
	// whole is a run in one piece, begin makes a run that can take turns. One of them
	// is nil.
	whole func(p Place, s systems.System) (Figures, error)
	begin func(p Place, s systems.System) (*run, error)
}

// limit is how long any part of a run may take.
const limit = 60 * time.Second

// scene is a server with a fleet connected to it.
type scene struct {
	*fleet.Fleet
	server *systems.Server
}

func open(p Place, s systems.System, tally *fleet.Tally, arguments ...string) (*scene, error) {
	server, err := s.Start(p.Server, arguments...)
	if err != nil {
		return nil, err
	}
	f, err := fleet.New(server.Target, tally)
	if err != nil {
		server.Stop()
		return nil, err
	}
	return &scene{Fleet: f, server: server}, nil
}

func (s *scene) close() {
	s.Close()
	s.server.Stop()
}

// connectAtOnce is how many connections are being made at a time.
const connectAtOnce = 100

// publisher connects a client that publishes.
func (s *scene) publisher() (*fleet.Connection, error) {
	made, err := s.Connect(1, 1, limit, func(int) []string { return nil })
	if err != nil {
		return nil, err
	}
	return made[0], nil
}

// listeners connects clients that get one channel each.
func (s *scene) listeners(n int, channel func(i int) string) ([]*fleet.Connection, error) {
	return s.Connect(n, connectAtOnce, limit, func(i int) []string { return []string{channel(i)} })
}

func numbered(format string) func(int) string {
	return func(i int) string { return fmt.Sprintf(format, i) }
}

func always(channel string) func(int) string { return func(int) string { return channel } }

func (s *scene) addLatencies(figures Figures) {
	figures[P50], figures[P99], figures[P999] = s.Tally.Quantile(50), s.Tally.Quantile(99), s.Tally.Quantile(99.9)
}
