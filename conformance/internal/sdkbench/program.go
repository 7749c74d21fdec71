package sdkbench

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"

	"github.com/fastpubsub/fastpubsub/conformance/internal/testserver"
)

// Program is the measuring program of one SDK.
type Program struct {
	// SDK is the SDK's name.
	SDK string
	// Command runs it, without the arguments of a measure.
	Command []string
	// CPUs are those that it may use; see testserver.Options.
	CPUs string
}

// line is one line of a measuring program.
type line struct {
	Event          string   `json:"event"`
	Messages       int      `json:"messages"`
	Seconds        float64  `json:"seconds"`
	CPUSeconds     float64  `json:"cpu_seconds"`
	AllocatedBytes *float64 `json:"allocated_bytes"`
	Allocations    *float64 `json:"allocations"`
	P50            int64    `json:"p50_ns"`
	P99            int64    `json:"p99_ns"`
	Max            int64    `json:"max_ns"`
	Subscriptions  int      `json:"subscriptions"`
	Bytes          int64    `json:"bytes"`
	Memory         string   `json:"memory"`
}

// goodByeTime is how long a program may take to end after its result.
const goodByeTime = 20 * time.Second

// run measures once. feed publishes what a measure that is fed receives.
func (p *Program) run(ctx context.Context, m *Measure, url, channel, token string, feed func(context.Context) error) (map[Figure]float64, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	args, environment := testserver.Pinned(p.CPUs, slices.Concat(p.Command, m.args(url, channel)))
	command := exec.CommandContext(ctx, args[0], args[1:]...)
	command.Env = append(append(os.Environ(), environment...), "FASTPUBSUB_TOKEN="+token)
	command.WaitDelay = goodByeTime
	var printed bytes.Buffer
	command.Stderr = &printed
	out, err := command.StdoutPipe()
	if err != nil {
		return nil, err
	}
	began := time.Now()
	if err := command.Start(); err != nil {
		return nil, err
	}
	s := &listening{measure: m, began: began, cancel: cancel, feed: feed}
	figures, err := s.listen(ctx, out)
	if err != nil {
		cancel(err)
	}
	if exit := command.Wait(); exit != nil || err != nil {
		return nil, explain(context.Cause(ctx), err, exit, printed.String())
	}
	return figures, nil
}

// explain says why a run has failed: what was noticed first, and what the program
// printed.
func explain(cause, err, exit error, printed string) error {
	if err == nil || errors.Is(err, io.EOF) && exit != nil {
		err = exit
	}
	if cause != nil && !errors.Is(err, cause) {
		err = fmt.Errorf("%w: %w", cause, err)
	}
	if printed = strings.TrimSpace(printed); printed != "" {
		err = fmt.Errorf("%w; it printed: %s", err, printed)
	}
	return err
}

// listening is a program that runs, as the orchestrator hears it.
type listening struct {
	measure *Measure
	began   time.Time
	cancel  context.CancelCauseFunc
	feed    func(context.Context) error
}

// listen reads what a program says until it closes its standard output, which it
// must after its result.
func (s *listening) listen(ctx context.Context, out io.Reader) (figures map[Figure]float64, err error) {
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		said, err := parse(lines.Bytes())
		switch {
		case err != nil:
			return nil, err
		case figures != nil:
			return nil, fmt.Errorf("it says more after its result: %q", lines.Text())
		case said.Event == "result":
			if figures, err = s.measure.judge(said, time.Since(s.began).Seconds()); err != nil {
				return nil, err
			}
		case s.measure.fed:
			go s.startFeeding(ctx)
		}
	}
	if err := lines.Err(); err != nil {
		return nil, err
	}
	if figures == nil {
		return nil, fmt.Errorf("it ended without a result: %w", io.EOF)
	}
	return figures, nil
}

func (s *listening) startFeeding(ctx context.Context) {
	if err := s.feed(ctx); err != nil && ctx.Err() == nil {
		s.cancel(fmt.Errorf("publishing to it: %w", err))
	}
}

func parse(text []byte) (*line, error) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	var l line
	if err := decoder.Decode(&l); err != nil || l.Event != "ready" && l.Event != "result" {
		return nil, fmt.Errorf("its standard output has a line that is no event: %q", text)
	}
	return &l, nil
}

// judge are the figures of a result, which must be about what was asked for.
func (m *Measure) judge(l *line, sinceStart float64) (map[Figure]float64, error) {
	switch {
	case m.Subscriptions != 0 && l.Subscriptions != m.Subscriptions:
		return nil, fmt.Errorf("its result is of %d subscriptions, not of %d", l.Subscriptions, m.Subscriptions)
	case m.Messages > 1 && l.Messages != m.Messages:
		return nil, fmt.Errorf("its result is of %d messages, not of %d", l.Messages, m.Messages)
	}
	return m.figures(l, sinceStart)
}
