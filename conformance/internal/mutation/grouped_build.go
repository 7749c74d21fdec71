package mutation

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
)

// groupedBuild is one binary with many faults, of which one at a time is on.
type groupedBuild struct {
	program Program
	binary  string
	// numbers are those of the faults by their names.
	numbers map[string]int

	sources map[string][]byte // with the faults, by file
	sound   map[string][]byte
	pkgs    map[string]string // names of packages, by folder
}

func newGroupedBuild(program Program, folder string) *groupedBuild {
	return &groupedBuild{
		program: program, binary: filepath.Join(folder, "grouped-"+string(program)), numbers: map[string]int{},
		sources: map[string][]byte{}, sound: map[string][]byte{}, pkgs: map[string]string{},
	}
}

// add puts a fault in. The error is errOutsideFunctions if it needs a build of its own.
func (g *groupedBuild) add(root string, m *Mutation) error {
	if g.sound[m.File] == nil {
		text, err := os.ReadFile(filepath.Join(root, m.File))
		if err != nil {
			return err
		}
		g.sound[m.File], g.sources[m.File] = text, text
	}
	number := len(g.numbers) + 1
	text, err := m.group(number, g.sound[m.File], g.sources[m.File])
	if err != nil {
		return err
	}
	parsed, err := parseText(m.File, text)
	if err != nil {
		return err
	}
	g.sources[m.File], g.numbers[m.Name] = text, number
	g.pkgs[filepath.Dir(m.File)] = parsed.pkg
	return nil
}

// overlay writes the files with the faults into a folder, and the file for the flag
// -overlay of "go build".
func (g *groupedBuild) overlay(root, folder string) (string, error) {
	replace := map[string]string{}
	put := func(file string, text []byte) error {
		original, err := filepath.Abs(filepath.Join(root, file))
		if err != nil {
			return err
		}
		replace[original] = filepath.Join(folder, fmt.Sprintf("%d-%s", len(replace), filepath.Base(file)))
		return os.WriteFile(replace[original], text, 0o644)
	}
	for file, text := range g.sources {
		if err := put(file, text); err != nil {
			return "", err
		}
	}
	for pkg, name := range g.pkgs {
		if err := put(filepath.Join(pkg, switchFile), []byte(switchText(name))); err != nil {
			return "", err
		}
	}
	return writeOverlay(folder, replace)
}

// group builds the binaries with many faults.
func (l *Laboratory) group(ctx context.Context, mutations []Mutation) error {
	l.groups = map[Program]*groupedBuild{}
	for i := range mutations {
		m := &mutations[i]
		if !m.Program.IsGo() {
			continue
		}
		g := l.groups[m.Program]
		if g == nil {
			g = newGroupedBuild(m.Program, l.Folder)
			l.groups[m.Program] = g
		}
		if err := g.add(l.Root, m); err != nil && !errors.Is(err, errOutsideFunctions) {
			return err
		}
	}
	for _, g := range l.groups {
		if err := l.buildGroup(ctx, g); err != nil {
			return err
		}
	}
	return nil
}

func (l *Laboratory) buildGroup(ctx context.Context, g *groupedBuild) error {
	folder, err := os.MkdirTemp(l.Folder, "_grouped-") // the go command takes it for no package
	if err != nil {
		return err
	}
	overlay, err := g.overlay(l.Root, folder)
	if err != nil {
		return err
	}
	if err := l.buildGo(ctx, g.program, g.binary, overlay); err != nil {
		return fmt.Errorf("with all faults, whose texts stay in %s: %w", folder, err)
	}
	return os.RemoveAll(folder)
}

// mutant writes a program that runs the binary with one fault on.
func (g *groupedBuild) mutant(number int, file string) error {
	binary, err := filepath.Abs(g.binary)
	if err != nil {
		return err
	}
	text := "#!/bin/sh\n" + faultVariable + "=" + strconv.Itoa(number) + " exec '" + binary + "' \"$@\"\n"
	return os.WriteFile(file, []byte(text), 0o755)
}
