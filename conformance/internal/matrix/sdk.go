// Package matrix runs conformance cases with every SDK over every transport, and
// says what the outcomes mean: which failures are known, which SDK was not run
// although it had to be, which driver does not do what it once did.
package matrix

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/fastpubsub/fastpubsub/conformance/internal/driver"
	"github.com/fastpubsub/fastpubsub/conformance/internal/scenario"
	conformancev1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/conformance/v1"
)

// outputMark stands, in the commands of an SDK, for the folder of what was built.
const outputMark = "{output}"

// SDK says how the driver of an SDK is built and run.
type SDK struct {
	// Name is what the SDK is called in reports, "go".
	Name string `json:"name"`
	// Folder is where the commands are run, relative to the file that lists the
	// SDKs.
	Folder string `json:"folder"`
	// Source is a file of the driver, relative to Folder; without it there is no
	// driver.
	Source string `json:"source"`
	// Tools are programs without which the driver can neither be built nor run.
	Tools []string `json:"tools"`
	// Build is a command that builds the driver; empty: it is there already.
	Build []string `json:"build"`
	// Command runs the driver.
	Command []string `json:"command"`
	// Bench runs the measuring program.
	Bench []string `json:"bench"`
	// BuildBench is a command that builds the measuring program; empty: Build
	// builds it, too.
	BuildBench []string `json:"build_bench"`
}

// LoadSDKs reads the list of SDKs.
func LoadSDKs(file string) ([]SDK, error) {
	var document struct {
		Drivers []SDK `json:"drivers"`
	}
	if err := read(file, &document); err != nil {
		return nil, err
	}
	names := map[string]bool{}
	for i := range document.Drivers {
		sdk := &document.Drivers[i]
		if sdk.Name == "" || names[sdk.Name] || len(sdk.Command) == 0 {
			return nil, fmt.Errorf("%s: driver %d needs a name of its own and a command", file, i+1)
		}
		names[sdk.Name] = true
		folder, err := absolute(file, sdk.Folder)
		if err != nil {
			return nil, err
		}
		sdk.Folder = folder
	}
	return document.Drivers, nil
}

// Required says whether a list of parts that must not be left out, separated by
// spaces, names the SDK: "rust" and "sdk-rust" both do.
func (s *SDK) Required(list string) bool {
	parts := strings.Fields(list)
	return slices.Contains(parts, s.Name) || slices.Contains(parts, "sdk-"+s.Name)
}

// Missing says why the driver cannot be run here at all; "": it can.
func (s *SDK) Missing() string {
	for _, tool := range s.Tools {
		if _, err := exec.LookPath(tool); err != nil {
			return tool + " is not installed"
		}
	}
	if _, err := os.Stat(filepath.Join(s.Folder, s.Source)); err != nil {
		return fmt.Sprintf("there is no driver: %s of %s is missing", s.Source, filepath.Base(s.Folder))
	}
	return ""
}

// BuildInto builds the driver. What it builds goes into the folder.
func (s *SDK) BuildInto(ctx context.Context, output string) error {
	return s.build(ctx, output, s.Build)
}

// BuildBenchInto builds the measuring program. What it builds goes into the folder.
func (s *SDK) BuildBenchInto(ctx context.Context, output string) error {
	if len(s.BuildBench) == 0 {
		return s.BuildInto(ctx, output)
	}
	return s.build(ctx, output, s.BuildBench)
}

func (s *SDK) build(ctx context.Context, output string, parts []string) error {
	if len(parts) == 0 {
		return nil
	}
	command := s.at(output, parts)
	build := exec.CommandContext(ctx, s.program(command[0]), command[1:]...)
	build.Dir = s.Folder
	var printed bytes.Buffer
	build.Stdout, build.Stderr = &printed, &printed
	if err := build.Run(); err != nil {
		return fmt.Errorf("building the driver of %s: %w\n%s", s.Name, err, printed.String())
	}
	return nil
}

// Starter starts the driver that BuildInto has built.
func (s *SDK) Starter(output string) scenario.Starter {
	command := s.runnable(output, s.Command)
	return func(diagnostics io.Writer, events func(*conformancev1.Event)) (*driver.Driver, error) {
		return driver.StartProcess(command, s.Folder, diagnostics, events)
	}
}

// BenchCommand is the measuring program that BuildBenchInto has built, and its first
// arguments. It is an error if there is none.
func (s *SDK) BenchCommand(output string) ([]string, error) {
	if len(s.Bench) == 0 {
		return nil, errors.New("no measuring program is listed for it")
	}
	command := s.runnable(output, s.Bench)
	if _, err := exec.LookPath(command[0]); err != nil {
		return nil, fmt.Errorf("there is no measuring program: %w", err)
	}
	return command, nil
}

// runnable is a command whose first word is a program that can be started from
// anywhere.
func (s *SDK) runnable(output string, command []string) []string {
	placed := s.at(output, command)
	placed[0] = s.program(placed[0])
	return placed
}

func (s *SDK) at(output string, command []string) []string {
	placed := make([]string, len(command))
	for i, word := range command {
		placed[i] = strings.ReplaceAll(word, outputMark, output)
	}
	return placed
}

// program is a program of the SDK's folder, or one that is searched for.
func (s *SDK) program(name string) string {
	if filepath.IsAbs(name) || !strings.Contains(name, "/") {
		return name
	}
	return filepath.Join(s.Folder, filepath.FromSlash(name))
}

// Choose picks SDKs by name; no name picks all.
func Choose(sdks []SDK, names []string) ([]SDK, error) {
	if len(names) == 0 {
		return sdks, nil
	}
	var chosen []SDK
	for _, name := range names {
		i := slices.IndexFunc(sdks, func(s SDK) bool { return s.Name == name })
		if i < 0 {
			return nil, fmt.Errorf("there is no SDK %q; known are %s", name, strings.Join(Names(sdks), ", "))
		}
		chosen = append(chosen, sdks[i])
	}
	return chosen, nil
}

// Names are the names of SDKs.
func Names(sdks []SDK) []string {
	names := make([]string, len(sdks))
	for i := range sdks {
		names[i] = sdks[i].Name
	}
	return names
}

// absolute is a folder relative to the file that names it.
func absolute(file, folder string) (string, error) {
	if filepath.IsAbs(folder) {
		return folder, nil
	}
	return filepath.Abs(filepath.Join(filepath.Dir(file), folder))
}
