// Package mutation is deliberate faults of the server and of the SDKs, each of
// which a conformance case must notice. A fault is an exact substitution in one
// source file, made while a test binary is built: the product has no switches
// for it. Faults of a Go program that only change functions share a binary, in which
// one at a time is on.
package mutation

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
)

// Program is what is built with a fault.
type Program string

// The programs.
const (
	// Server is the server, run by the cases with a driver without a fault.
	Server Program = "server"
	// SDK is the driver of the Go SDK, run against a server without a fault.
	SDK Program = "sdk-go"
	// The drivers of the other SDKs, run against a server without a fault. Each is
	// built from a copy of the SDK's folder.
	RustSDK   Program = "sdk-rust"
	JavaSDK   Program = "sdk-java"
	CSharpSDK Program = "sdk-csharp"
)

// IsGo says that the program is written in Go, and so built with an overlay.
func (p Program) IsGo() bool { return packages[p] != "" }

// Mutation is one fault.
type Mutation struct {
	// Name says what the faulty program does, "drops one delivery in a thousand".
	Name string
	// Program is what has the fault.
	Program Program
	// File is where it is, relative to the root of the module.
	File string
	// Edits are how it gets there.
	Edits []Edit
	// Cases are the conformance cases of which one must fail, by name.
	Cases []string
}

// Edit replaces a text that stands in a file exactly once.
type Edit struct{ Old, New string }

// All are all mutations.
func All() []Mutation {
	return slices.Concat(server, delivery, connection, application, rust, java, csharp)
}

// Apply makes the faulty text of the file. A text that does not stand there
// exactly once is an error: then the mutation has to follow the code.
func (m *Mutation) Apply(source []byte) ([]byte, error) {
	for i, edit := range m.Edits {
		if n := bytes.Count(source, []byte(edit.Old)); n != 1 {
			return nil, fmt.Errorf("%s: %q: edit %d no longer applies: its text stands %d times in %s", m.Program, m.Name, i+1, n, m.File)
		}
		source = bytes.Replace(source, []byte(edit.Old), []byte(edit.New), 1)
	}
	return source, nil
}

// Overlay writes the faulty file into a folder, and the file for the flag
// -overlay of "go build", which it returns.
func (m *Mutation) Overlay(root, folder string) (string, error) {
	original, err := filepath.Abs(filepath.Join(root, m.File))
	if err != nil {
		return "", err
	}
	file := filepath.Join(folder, filepath.Base(m.File))
	if err := m.write(original, file); err != nil {
		return "", err
	}
	return writeOverlay(folder, map[string]string{original: file})
}

// writeOverlay writes the file for the flag -overlay of "go build", which it
// returns: the files that stand in for others, by absolute paths.
func writeOverlay(folder string, replace map[string]string) (string, error) {
	text, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return "", err
	}
	list := filepath.Join(folder, "overlay.json")
	return list, os.WriteFile(list, text, 0o644)
}

// write makes a faulty file of a sound one, which may be the same.
func (m *Mutation) write(sound, faulty string) error {
	source, err := os.ReadFile(sound)
	if err != nil {
		return err
	}
	mutated, err := m.Apply(source)
	if err != nil {
		return err
	}
	return os.WriteFile(faulty, mutated, 0o644)
}
