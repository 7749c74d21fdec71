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
	b.add(systems.EchoServer())
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
		for _, w := range all {
			for i := range w.Systems { // none is always the first
				b.measureOne(round, w, w.Systems[(i+round)%len(w.Systems)])
			}
		}
	}
}

func (b *benchmark) measureOne(round int, w workload.Workload, name string) {
	system, ok := b.systems[name]
	if !ok {
		if why, missing := b.missing[name]; missing {
			b.result.Of(w.Name, name).NotRun = why
		}
		return
	}
	began := time.Now()
	figures, err := w.Run(b.place, system)
	m := b.result.Of(w.Name, name)
	if err != nil {
		m.Errors = append(m.Errors, err.Error())
		fmt.Fprintf(b.log, "%d/%d %-22s %-18s %5.1f s FAILED: %v\n", round+1, b.settings.rounds, w.Name, name, time.Since(began).Seconds(), err)
		return
	}
	m.Runs = append(m.Runs, figures)
	fmt.Fprintf(b.log, "%d/%d %-22s %-18s %5.1f s %s\n", round+1, b.settings.rounds, w.Name, name, time.Since(began).Seconds(), report.Line(figures))
}
