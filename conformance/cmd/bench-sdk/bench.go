package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/fastpubsub/fastpubsub/conformance/internal/matrix"
	"github.com/fastpubsub/fastpubsub/conformance/internal/scenario"
	"github.com/fastpubsub/fastpubsub/conformance/internal/sdkbench"
	"github.com/fastpubsub/fastpubsub/conformance/internal/testserver"
)

// bench builds and measures everything and writes the table. It says whether
// everything that had to be measured was. An error means that it could not begin.
func (o *options) bench(ctx context.Context, out, progress io.Writer) (measured bool, err error) {
	built := filepath.Join(o.output, "build")
	if err := os.MkdirAll(built, 0o755); err != nil {
		return false, err
	}
	if o.binary == "" {
		if o.binary, err = testserver.Build(built, false); err != nil {
			return false, err
		}
	}
	programs, absent := o.prepare(ctx, built, progress)
	log, err := os.Create(filepath.Join(o.output, "bench-server.log"))
	if err != nil {
		return false, err
	}
	defer log.Close()
	server, err := testserver.Start(testserver.Options{Binary: o.binary, Args: sdkbench.ServerFlags, CPUs: o.serverCPUs, Log: log})
	if err != nil {
		return false, fmt.Errorf("%w; see %s", err, log.Name())
	}
	defer server.Kill()
	b := &sdkbench.Bench{
		Programs: programs, HTTP: server.HTTP, Token: server.AccessToken,
		URLs:       map[scenario.Transport]string{scenario.WebSocket: "ws://" + server.HTTP + "/ws", scenario.GRPC: "grpc://" + server.GRPC},
		Transports: o.transports, Measures: o.measures, Runs: o.runs, Timeout: o.timeout,
		Progress: func(text string) { fmt.Fprintln(progress, text) },
	}
	rows := append(b.Run(ctx), absent...)
	return o.passed(rows), o.report(out, rows)
}

// prepare builds the measuring programs. SDKs that cannot be measured here are
// absent, loudly.
func (o *options) prepare(ctx context.Context, built string, progress io.Writer) (programs []sdkbench.Program, absent []sdkbench.Row) {
	for i := range o.sdks {
		sdk := &o.sdks[i]
		command, verdict, problem := build(ctx, sdk, built)
		if problem == "" {
			programs = append(programs, sdkbench.Program{SDK: sdk.Name, Command: command, CPUs: o.programCPUs})
			continue
		}
		fmt.Fprintf(progress, "%s: %s: %s\n", verdict, sdk.Name, problem)
		rows := sdkbench.NotRun(sdk.Name, o.transports, problem)
		for r := range rows {
			rows[r].Verdict = verdict
		}
		absent = append(absent, rows...)
	}
	return programs, absent
}

func build(ctx context.Context, sdk *matrix.SDK, built string) (command []string, verdict scenario.Verdict, problem string) {
	if problem := sdk.Missing(); problem != "" {
		return nil, scenario.NotRun, problem
	}
	if err := sdk.BuildBenchInto(ctx, built); err != nil {
		return nil, scenario.Failed, err.Error()
	}
	command, err := sdk.BenchCommand(built)
	if err != nil {
		return nil, scenario.NotRun, err.Error()
	}
	return command, "", ""
}

// passed says whether nothing failed and nothing is absent that must not be.
func (o *options) passed(rows []sdkbench.Row) bool {
	return !slices.ContainsFunc(rows, func(r sdkbench.Row) bool {
		i := slices.IndexFunc(o.sdks, func(s matrix.SDK) bool { return s.Name == r.SDK })
		return r.Verdict == scenario.Failed || r.Verdict == scenario.NotRun && o.sdks[i].Required(o.require)
	})
}

func (o *options) report(out io.Writer, rows []sdkbench.Row) error {
	if err := writeFile(o.json, func(w io.Writer) error { return sdkbench.JSON(w, rows) }); err != nil {
		return err
	}
	if err := writeFile(o.markdown, func(w io.Writer) error { return sdkbench.Markdown(w, o.occasion(), rows) }); err != nil {
		return err
	}
	return sdkbench.Text(out, rows)
}

// writeFile writes a whole file or, when it has no name, none.
func writeFile(name string, render func(io.Writer) error) error {
	if name == "" {
		return nil
	}
	var b bytes.Buffer
	if err := render(&b); err != nil {
		return err
	}
	return os.WriteFile(name, b.Bytes(), 0o644)
}
