package mutation

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"time"

	"github.com/fastpubsub/fastpubsub/conformance/internal/matrix"
)

// carried is what was built in the folder of an SDK and is of use in its copy: the
// dependencies, which take longer than all else.
var carried = map[Program]string{RustSDK: "target/conformance"}

// sdkCopy is a copy of an SDK's folder, in which one mutant at a time is built. It
// stays where it is from run to run, so that build tools build only what differs.
type sdkCopy struct {
	sdk     matrix.SDK // the original
	program Program
	folder  string // of the copy
	drivers string // where the driver without a fault is built

	mu    sync.Mutex
	ready bool // the driver without a fault is there
}

func newSDKCopy(sdk matrix.SDK, program Program, folder, drivers string) *sdkCopy {
	return &sdkCopy{sdk: sdk, program: program, folder: folder, drivers: drivers}
}

// sdkTrial builds a mutant in the copy, which it holds until the trial ends.
func (l *Laboratory) sdkTrial(ctx context.Context, c *sdkCopy, m *Mutation) (*trial, error) {
	if missing := c.sdk.Missing(); missing != "" {
		return nil, &missingTool{missing}
	}
	c.mu.Lock()
	t := &trial{end: c.mu.Unlock}
	mutant, took, err := l.buildCopy(ctx, c, m)
	if err != nil {
		t.end()
		return nil, err
	}
	t.building = took
	t.sound = lineUp{l.sound[Server], c.sdk.Starter(c.drivers)}
	t.faulty = lineUp{l.sound[Server], mutant.Starter(c.output())}
	return t, nil
}

func (l *Laboratory) buildCopy(ctx context.Context, c *sdkCopy, m *Mutation) (mutant *matrix.SDK, took time.Duration, err error) {
	end, err := l.startBuild(ctx)
	if err != nil {
		return nil, 0, err
	}
	defer end()
	if err := c.prepare(ctx); err != nil {
		return nil, 0, fmt.Errorf("without a fault: %w", err)
	}
	began := time.Now()
	mutant, err = c.build(ctx, m)
	return mutant, time.Since(began), err
}

// prepare builds the driver without a fault, in the original folder, and gives the
// copy what was built there.
func (c *sdkCopy) prepare(ctx context.Context) error {
	if c.ready {
		return nil
	}
	if err := c.sdk.BuildInto(ctx, c.drivers); err != nil {
		return err
	}
	if err := c.carry(ctx); err != nil {
		return err
	}
	c.ready = true
	return nil
}

// carry copies with times, since build tools go by them.
func (c *sdkCopy) carry(ctx context.Context) error {
	built := carried[c.program]
	if built == "" {
		return nil
	}
	into := filepath.Join(c.copied(), filepath.FromSlash(built))
	if _, err := os.Stat(into); err == nil {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(into), 0o755); err != nil {
		return err
	}
	output, err := exec.CommandContext(ctx, "cp", "-a", filepath.Join(c.sdk.Folder, built), into).CombinedOutput()
	if err != nil {
		return errors.Join(fmt.Errorf("copying %s: %w\n%s", built, err, output), os.RemoveAll(into))
	}
	return nil
}

// copied is the folder of the copied sources, output that of what is built.
func (c *sdkCopy) copied() string { return filepath.Join(c.folder, "source") }
func (c *sdkCopy) output() string { return filepath.Join(c.folder, "build") }

// build builds the driver with a fault.
func (c *sdkCopy) build(ctx context.Context, m *Mutation) (*matrix.SDK, error) {
	inside, err := filepath.Rel(filepath.Base(c.sdk.Folder), filepath.FromSlash(m.File))
	if err != nil || !filepath.IsLocal(inside) {
		return nil, fmt.Errorf("%s is no file of %s", m.File, c.program)
	}
	faulty := c.sdk
	faulty.Folder = c.copied()
	if err := mirror(c.sdk.Folder, faulty.Folder, inside); err != nil {
		return nil, err
	}
	if err := m.write(filepath.Join(c.sdk.Folder, inside), filepath.Join(faulty.Folder, inside)); err != nil {
		return nil, err
	}
	return &faulty, faulty.BuildInto(ctx, c.output())
}
