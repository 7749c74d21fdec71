package sdkbench

import (
	"fmt"
	"strconv"
)

// Measure is one of the things that a measuring program does.
type Measure struct {
	// Name is the value of --measure.
	Name string
	// Messages and WarmUp are how many messages are measured, and come before those.
	// Subscriptions is how many subscriptions are made.
	Messages, WarmUp, Subscriptions int

	// fed: the orchestrator publishes the messages once the program is ready.
	fed bool
	// figures are what a result says, and the time from the start of the program until
	// then, in seconds.
	figures func(l *line, sinceStart float64) (map[Figure]float64, error)
}

// The figures of the workload that are the same for all SDKs.
const (
	payloadBytes = 128
	rate         = 1000 // messages per second of latency
	inFlight     = 1024 // unanswered publishes
)

// Measures are all of them, with so many messages that a quiet machine takes some
// seconds for each. scale, 1 or less, makes them smaller.
func Measures(scale float64) []Measure {
	few := func(n int) int { return max(1, int(float64(n)*scale)) }
	return []Measure{
		{Name: "receive", Messages: few(1_000_000), WarmUp: few(300_000), fed: true, figures: received},
		{Name: "publish", Messages: few(300_000), WarmUp: few(100_000), figures: published},
		{Name: "latency", Messages: few(4000), WarmUp: few(2000), figures: delayed},
		{Name: "subscriptions", Subscriptions: few(10_000), Messages: 1, figures: remembered},
		{Name: "start", Messages: 1, figures: started},
	}
}

// args are the arguments of a measuring program.
func (m *Measure) args(url, channel string) []string {
	args := []string{"--measure", m.Name, "--url", url, "--tenant", tenant, "--channel", channel}
	for flag, value := range map[string]int{
		"--messages": m.Messages, "--warm-up": m.WarmUp, "--payload-bytes": payloadBytes,
		"--rate": rate, "--in-flight": inFlight, "--subscriptions": max(1, m.Subscriptions),
	} {
		args = append(args, flag, strconv.Itoa(value))
	}
	return args
}

func received(l *line, _ float64) (map[Figure]float64, error) {
	return throughput(l, ReceivedPerSecond, ReceiveCPU, map[Figure]*float64{BytesPerMessage: l.AllocatedBytes, AllocationsPerMessage: l.Allocations})
}

func published(l *line, _ float64) (map[Figure]float64, error) {
	return throughput(l, AcknowledgedPerSecond, PublishCPU, nil)
}

// throughput is what a result with seconds says. What a runtime does not count is
// left out.
func throughput(l *line, perSecond, cpu Figure, perMessage map[Figure]*float64) (map[Figure]float64, error) {
	if l.Seconds <= 0 || l.CPUSeconds <= 0 {
		return nil, fmt.Errorf("%v seconds and %v CPU seconds: neither can be", l.Seconds, l.CPUSeconds)
	}
	messages := float64(l.Messages)
	figures := map[Figure]float64{perSecond: messages / l.Seconds, cpu: l.CPUSeconds / messages * 1e6}
	for figure, total := range perMessage {
		if total != nil {
			figures[figure] = *total / messages
		}
	}
	return figures, nil
}

func delayed(l *line, _ float64) (map[Figure]float64, error) {
	if l.P50 <= 0 || l.P99 < l.P50 || l.Max < l.P99 {
		return nil, fmt.Errorf("delays of %d, %d and %d ns: they must grow", l.P50, l.P99, l.Max)
	}
	const micro = 1e3
	return map[Figure]float64{DelayP50: float64(l.P50) / micro, DelayP99: float64(l.P99) / micro}, nil
}

func remembered(l *line, _ float64) (map[Figure]float64, error) {
	if l.Bytes <= 0 {
		return nil, fmt.Errorf("%d bytes for %d subscriptions: that cannot be", l.Bytes, l.Subscriptions)
	}
	const thousand, kibi = 1000, 1024
	return map[Figure]float64{SubscriptionMemory: float64(l.Bytes) / float64(l.Subscriptions) * thousand / kibi}, nil
}

func started(_ *line, sinceStart float64) (map[Figure]float64, error) {
	const milli = 1e3
	return map[Figure]float64{FirstMessage: sinceStart * milli}, nil
}
