// Package vectors holds the conformance vectors: JSON files of inputs and the
// outcomes that the contract demands, which the server and every SDK run in
// their unit tests. README.md in this folder documents each file for readers in
// any language; the functions here load them for tests in Go.
package vectors

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
)

//go:embed *.json
var files embed.FS

// Case is what every case has.
type Case struct {
	// Name is unique in its file.
	Name string `json:"name"`
	// Rules are the ids of the rules of the contract that the case shows.
	Rules []string `json:"rules"`
}

// TenantCase is a case of tenants.json.
type TenantCase struct {
	Case
	Tenant     string `json:"tenant"`
	Normalized string `json:"normalized"`
	Valid      bool   `json:"valid"`
	Reason     string `json:"reason"`
}

// ChannelCase is a case of channels.json.
type ChannelCase struct {
	Case
	Channel string `json:"channel"`
	Valid   bool   `json:"valid"`
	Reason  string `json:"reason"`
}

// Matcher is one element of a pattern's normal form (AZ-3).
type Matcher struct {
	Kind string `json:"kind"`
	Text string `json:"text"`
}

// PatternCase is a case of patterns.json. Literal, Matchers and Open are set for
// valid patterns only.
type PatternCase struct {
	Case
	Pattern  string    `json:"pattern"`
	Valid    bool      `json:"valid"`
	Reason   string    `json:"reason"`
	Literal  bool      `json:"literal"`
	Matchers []Matcher `json:"matchers"`
	Open     bool      `json:"open"`
}

// MatchCase is a case of match.json.
type MatchCase struct {
	Case
	Pattern string `json:"pattern"`
	Channel string `json:"channel"`
	Matches bool   `json:"matches"`
}

// RuleCase is a case of rules.json. Kind is "publish" or "subscribe". Matches and
// Refuses are channels that a valid rule matches and does not match.
type RuleCase struct {
	Case
	Kind    string   `json:"kind"`
	Rule    string   `json:"rule"`
	Valid   bool     `json:"valid"`
	Reason  string   `json:"reason"`
	Matches []string `json:"matches"`
	Refuses []string `json:"refuses"`
}

// ContainmentCase is a case of containment.json.
type ContainmentCase struct {
	Case
	Rule      string `json:"rule"`
	Pattern   string `json:"pattern"`
	Contained bool   `json:"contained"`
}

// Tenants loads tenants.json.
func Tenants() ([]TenantCase, error) { return load[TenantCase](files, "tenants.json") }

// Channels loads channels.json.
func Channels() ([]ChannelCase, error) { return load[ChannelCase](files, "channels.json") }

// Patterns loads patterns.json.
func Patterns() ([]PatternCase, error) { return load[PatternCase](files, "patterns.json") }

// Matches loads match.json.
func Matches() ([]MatchCase, error) { return load[MatchCase](files, "match.json") }

// Rules loads rules.json.
func Rules() ([]RuleCase, error) { return load[RuleCase](files, "rules.json") }

// Containments loads containment.json.
func Containments() ([]ContainmentCase, error) {
	return load[ContainmentCase](files, "containment.json")
}

// LLPSFrames loads llps_frames.json.
func LLPSFrames() ([]LLPSCase, error) { return load[LLPSCase](files, "llps_frames.json") }

// Cited maps each rule id to the cases that show it, as "file: name".
func Cited() (map[string][]string, error) { return cited(files) }

func cited(fsys fs.FS) (map[string][]string, error) {
	names, _ := fs.Glob(fsys, "*.json") // fails only for a malformed pattern
	byRule := make(map[string][]string)
	for _, name := range names {
		cases, err := decode[Case](fsys, name, false)
		if err != nil {
			return nil, err
		}
		for _, c := range cases {
			for _, rule := range c.Rules {
				byRule[rule] = append(byRule[rule], name+": "+c.Name)
			}
		}
	}
	return byRule, nil
}

type vectorFile[C any] struct {
	Description string `json:"description"`
	Cases       []C    `json:"cases"`
}

// load reads one file. A member that the type does not know is an error, so that
// no part of a case goes unnoticed; so is a file without cases.
func load[C any](fsys fs.FS, name string) ([]C, error) { return decode[C](fsys, name, true) }

// decode is load that may overlook members.
func decode[C any](fsys fs.FS, name string, strict bool) ([]C, error) {
	data, err := fs.ReadFile(fsys, name)
	if err != nil {
		return nil, err
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	if strict {
		decoder.DisallowUnknownFields()
	}
	var file vectorFile[C]
	if err := decoder.Decode(&file); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if len(file.Cases) == 0 {
		return nil, fmt.Errorf("%s: no cases", name)
	}
	return file.Cases, nil
}
