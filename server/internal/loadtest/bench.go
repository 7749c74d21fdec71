//go:build linux

package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/fastpubsub/fastpubsub/server/internal/loadtest/report"
	"github.com/fastpubsub/fastpubsub/server/internal/loadtest/systems"
	"github.com/fastpubsub/fastpubsub/server/internal/loadtest/workload"
)

// benchmark is a run of this program.
type benchmark struct {
	settings settings
	place    workload.Place
	systems  map[string]systems.System
	missing  map[string]string // systems that cannot be measured, and why
	result   *report.Result
	log      io.Writer
}

// settling is longer than any server here takes to give memory back that it used
// for handshakes only, if it does at all.
const settling = 5 * time.Second

// pinning asks for CPUs: the first for servers, the last for this program.
func pinning() (workload.Place, error) {
	cpus, err := systems.AllowedCPUs()
	if err != nil {
		return workload.Place{}, err
	}
	if len(cpus) < 2 && os.Getenv(placeVariable) == "" {
		return workload.Place{}, errors.New("two CPUs are needed: one for the server, one for its clients")
	}
	return workload.Place{Server: cpus[:1], All: cpus}, nil
}

func measure(arguments []string) error {
	s, err := parse(arguments)
	if err != nil {
		return err
	}
	place, err := bind()
	if err != nil {
		return err
	}
	place.Scale, place.Settling = s.scale, settling
	b := &benchmark{settings: s, place: place, result: newResult(s), log: os.Stderr}
	if err := b.prepare(); err != nil {
		return err
	}
	b.measureAll()
	b.measureIndex()
	if s.json != "" {
		if err := os.MkdirAll(filepath.Dir(s.json), 0o755); err != nil {
			return err
		}
		if err := b.result.Write(s.json); err != nil {
			return err
		}
	}
	if err := b.result.WriteTable(os.Stdout); err != nil {
		return err
	}
	if failed := b.result.Failed(); len(failed) > 0 {
		return fmt.Errorf("%d runs have failed", len(failed))
	}
	if b.result.Cut != "" {
		return fmt.Errorf("not run, since -budget was too short: %s", b.result.Cut)
	}
	return nil
}

// prepare builds or finds the programs. Only our own server must be there.
func (b *benchmark) prepare() error {
	b.systems, b.missing = map[string]systems.System{}, map[string]string{}
	if err := os.MkdirAll(b.settings.cache, 0o755); err != nil {
		return err
	}
	program := b.settings.server
	if program == "" {
		var err error
		if program, err = systems.Build(b.settings.cache); err != nil {
			return err
		}
	}
	program, err := filepath.Abs(program)
	if err != nil {
		return err
	}
	b.add(systems.FastPubSub(program)...)
	b.add(systems.EchoServer(), systems.RelayServer())
	b.prepareOthers()
	return nil
}

func (b *benchmark) add(all ...systems.System) {
	for _, s := range all {
		if chosen(b.settings.systems, s.Name) {
			b.systems[s.Name] = s
		}
		if s.Version != "" {
			b.result.Versions[s.Name] = s.Version
		}
	}
}

func (b *benchmark) prepareOthers() {
	if chosen(b.settings.systems, systems.NATS) || chosen(b.settings.systems, systems.NATSWebSocket) {
		if program, err := systems.InstallNATS(b.settings.cache); err == nil {
			b.add(systems.NATSServer(program)...)
		} else {
			b.lacks(err, systems.NATS, systems.NATSWebSocket)
		}
	}
	if chosen(b.settings.systems, systems.Redis) {
		if redis, err := systems.RedisServer(); err == nil {
			b.add(redis)
		} else {
			b.lacks(err, systems.Redis)
		}
	}
}

func (b *benchmark) lacks(err error, names ...string) {
	for _, name := range names {
		b.missing[name] = err.Error()
		fmt.Fprintf(b.log, "NOT_RUN: %s: %v\n", name, err)
	}
}

// measureAll runs round after round, in each all workloads on all systems.
func (b *benchmark) measureAll() {
	all := slices.DeleteFunc(workload.All(), func(w workload.Workload) bool { return !chosen(b.settings.workloads, w.Name) })
	for _, w := range all {
		b.result.Workloads = append(b.result.Workloads, w.Name)
		b.result.Titles[w.Name] = w.Title
	}
	began := time.Now()
	for round := range b.settings.rounds {
		if spent := time.Since(began); round > 0 && spent+spent/time.Duration(round) > b.settings.budget {
			b.result.Cut = fmt.Sprintf("round %d and later ones: %v of %v are used", round+1, spent.Round(time.Second), b.settings.budget)
			fmt.Fprintf(b.log, "NOT_RUN: %s\n", b.result.Cut)
			return
		}
		b.result.Rounds = round + 1
		for _, group := range workload.Together(all, b.systemsIn(round)) {
			began := time.Now()
			outcomes := workload.Measure(b.place, group)
			for i, e := range group {
				b.record(round, e, time.Since(began), outcomes[i])
			}
		}
	}
}

// systemsIn gives the systems that there are of those that a workload is for. None is
// the first in every round.
func (b *benchmark) systemsIn(round int) func(workload.Workload) []systems.System {
	return func(w workload.Workload) []systems.System {
		var all []systems.System
		for i := range w.Systems {
			name := w.Systems[(i+round)%len(w.Systems)]
			if system, ok := b.systems[name]; ok {
				all = append(all, system)
			} else if why, missing := b.missing[name]; missing {
				b.result.Of(w.Name, name).NotRun = why
			}
		}
		return all
	}
}

// record keeps what one run has come to. took is how long it and those it took turns
// with have taken.
func (b *benchmark) record(round int, e workload.Entry, took time.Duration, o workload.Outcome) {
	m := b.result.Of(e.Workload.Name, e.System.Name)
	line := fmt.Sprintf("%d/%d %-22s %-18s %5.1f s", round+1, b.settings.rounds, e.Workload.Name, e.System.Name, took.Seconds())
	if o.Err != nil {
		m.Errors = append(m.Errors, o.Err.Error())
		fmt.Fprintf(b.log, "%s FAILED: %v\n", line, o.Err)
		return
	}
	m.Runs = append(m.Runs, o.Figures)
	fmt.Fprintf(b.log, "%s %s\n", line, report.Line(o.Figures))
}
