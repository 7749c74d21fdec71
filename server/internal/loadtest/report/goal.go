package report

import "slices"

// source is where a figure comes from.
type source struct{ workload, system, figure string }

// Goal is a bound that a figure is held against: the figure itself, or its ratio
// to another one of the same benchmark.
type Goal struct {
	ID, Text string
	of       source
	relative source // zero: the bound is absolute
	Bound    float64
	Unit     string // of an absolute bound
	// Later marks a goal that is still ahead.
	Later bool
}

// Systems as they are named in results.
const (
	llps             = "llps.v1"
	sessionWebSocket = "session WebSocket"
	sessionGRPC      = "session gRPC"
	natsTCP          = "nats TCP"
	natsWebSocket    = "nats WebSocket"
	echo             = "WebSocket echo"
)

// ours are our wires.
var ours = []string{llps, sessionWebSocket, sessionGRPC}

// ratio is a goal for a figure of two systems in one workload.
func ratio(id, text, workload, system, reference, figure string, bound float64) Goal {
	return Goal{ID: id, Text: text, of: source{workload, system, figure}, relative: source{workload, reference, figure}, Bound: bound}
}

func absolute(id, text, workload, system, figure string, bound float64, unit string) Goal {
	return Goal{ID: id, Text: text, of: source{workload, system, figure}, Bound: bound, Unit: unit}
}

func later(g Goal) Goal {
	g.Later = true
	return g
}

// between is a goal for two workloads on one system.
func between(id, text, system, figure, workload, reference string, bound float64) Goal {
	return Goal{ID: id, Text: text, of: source{workload, system, figure}, relative: source{reference, system, figure}, Bound: bound}
}

// stalledGrowth is what the queues of the stalled listeners may add: 5 times the
// bound of 2 MiB, and as much again for the garbage collector's slack.
const stalledGrowth = 20

// Goals are all goals, in order.
func Goals() []Goal {
	var goals []Goal
	webSockets := []string{llps, sessionWebSocket}
	for _, s := range webSockets {
		goals = append(goals, ratio("G1", "CPU of a burst to 1,000, of nats WebSocket's", "burst-1000", s, natsWebSocket, cpu, 0.12))
	}
	goals = append(goals,
		ratio("G2", "CPU of a burst to 1,000, of nats TCP's", "burst-1000", sessionGRPC, natsTCP, cpu, 0.6),
		later(ratio("G2", "the same, with a framing of our own", "burst-1000", sessionGRPC, natsTCP, cpu, 0.2)))
	for _, s := range webSockets {
		goals = append(goals,
			ratio("G3", "CPU of 50 messages/s to 1,000, of nats WebSocket's", "paced-1000", s, natsWebSocket, cpu, 0.8),
			ratio("G3", "p99 of 50 messages/s to 1,000, of nats WebSocket's", "paced-1000", s, natsWebSocket, p99, 0.8))
	}
	for _, s := range webSockets {
		goals = append(goals,
			ratio("G4", "p50 of 1,000 messages/s to 1, of a bare echo's", "one-to-one", s, echo, p50, 1.1),
			ratio("G4", "p99 of a turn of 1,000 messages/s to 1, of a bare echo's", "one-to-one", s, echo, turnP99, 1.1))
	}
	for _, s := range webSockets {
		goals = append(goals, ratio("G5", "CPU of a burst to 1,000 channels, of nats WebSocket's", "channel-burst", s, natsWebSocket, cpu, 0.9))
	}
	return append(append(goals, memoryGoals()...), append(stalledGoals(), indexGoals()...)...)
}

func memoryGoals() []Goal {
	text := "memory of an idle connection"
	return []Goal{
		absolute("G6", text, "idle", llps, memory, 10, "KiB"),
		absolute("G6", text, "idle", sessionWebSocket, memory, 10, "KiB"),
		absolute("G6", text, "idle", sessionGRPC, memory, 36, "KiB"),
		later(absolute("G6", text, "idle", llps, memory, 6, "KiB")),
		later(absolute("G6", text, "idle", sessionWebSocket, memory, 6, "KiB")),
		later(absolute("G6", text, "idle", sessionGRPC, memory, 12, "KiB")),
	}
}

func stalledGoals() []Goal {
	var goals []Goal
	for _, s := range ours {
		for _, policy := range []string{"disconnect", "drop-oldest"} {
			workload := "stalled-" + policy
			goals = append(goals,
				between("G7", "p99 of a turn of the healthy with 5 of 105 stalled ("+policy+"), of none stalled", s, turnP99, workload, "stalled-none", 1.2),
				absolute("G7", "memory that 5 stalled take ("+policy+")", workload, s, growth, stalledGrowth, "MiB"))
		}
	}
	for _, s := range ours {
		goals = append(goals, between("G8", "CPU of a burst with the server on all cores, of one core's", s, cpu, "burst-1000-all-cores", "burst-1000", 1.3))
	}
	return goals
}

// indexWorkload stands for the Go benchmarks of the index.
const indexWorkload = "index"

func indexGoals() []Goal {
	return []Goal{
		absolute("G9", "look up a channel, cached, 1,000,000 patterns", indexWorkload, "", "MatchCached", 100, "ns"),
		absolute("G9", "allocations of a cached look-up", indexWorkload, "", "MatchCached/allocs", 0, ""),
		absolute("G9", "look up a channel, not cached", indexWorkload, "", "MatchUncached", 2000, "ns"),
		// Each operation of these two is a subscribe and an unsubscribe.
		absolute("G9", "subscribe and unsubscribe, no wildcard (5 µs each)", indexWorkload, "", "SubscribeLiteral", 10_000, "ns"),
		absolute("G9", "subscribe and unsubscribe, wildcards (5 µs each)", indexWorkload, "", "SubscribeWildcard", 10_000, "ns"),
	}
}

// Verdict is a goal held against a result.
type Verdict struct {
	Goal
	System    string
	Value     float64 // the figure
	Reference float64 // what a ratio is to; 0: the bound is absolute
	Measured  bool
	Compared  float64 // what is held against the bound: the figure, or the median of the rounds' ratios
	Met       bool
}

// Verdicts holds a result against the goals of the workloads that it has.
func (r *Result) Verdicts() []Verdict {
	var verdicts []Verdict
	for _, g := range Goals() {
		if !r.tried(g.of) {
			continue
		}
		v := Verdict{Goal: g, System: g.of.system}
		v.Value, v.Measured = r.source(g.of)
		v.Compared = v.Value
		if g.relative != (source{}) {
			reference, ok := r.source(g.relative)
			v.Measured = v.Measured && ok && reference > 0
			v.Reference = reference
			if v.Measured {
				v.Compared, v.Measured = r.ratio(g.of, g.relative)
			}
		}
		v.Met = v.Measured && v.Compared <= g.Bound
		verdicts = append(verdicts, v)
	}
	return verdicts
}

func (r *Result) source(s source) (float64, bool) {
	if s.workload == indexWorkload {
		v, ok := r.Index[s.figure]
		return v, ok
	}
	return r.Value(s.workload, s.system, s.figure)
}

// ratio is the median of the ratios of each round, in which both were measured under
// the same conditions as nearly as can be.
func (r *Result) ratio(of, to source) (float64, bool) {
	figures, references := r.find(of.workload, of.system), r.find(to.workload, to.system)
	var ratios []float64
	for i := range min(len(figures.Runs), len(references.Runs)) {
		if reference := references.Runs[i][to.figure]; reference > 0 {
			ratios = append(ratios, figures.Runs[i][of.figure]/reference)
		}
	}
	return Median(ratios)
}

// tried says whether the figure should be there.
func (r *Result) tried(s source) bool {
	if s.workload == indexWorkload {
		return r.Index != nil || r.IndexError != ""
	}
	return slices.Contains(r.Workloads, s.workload)
}
