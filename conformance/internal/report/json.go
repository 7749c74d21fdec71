package report

import (
	"encoding/json"
	"io"

	"github.com/fastpubsub/fastpubsub/conformance/internal/matrix"
	"github.com/fastpubsub/fastpubsub/conformance/internal/scenario"
)

// document is the JSON report.
type document struct {
	Title        string                   `json:"title"`
	Server       string                   `json:"server"`
	Passed       bool                     `json:"passed"`
	Seconds      float64                  `json:"seconds"`
	Counts       map[scenario.Verdict]int `json:"counts"`
	Participants []participantDocument    `json:"participants"`
	Results      []resultDocument         `json:"results"`
	Problems     []string                 `json:"problems"`
}

type participantDocument struct {
	Name     string           `json:"name"`
	Version  string           `json:"version,omitempty"`
	Runtime  string           `json:"runtime,omitempty"`
	Verdict  scenario.Verdict `json:"verdict"`
	Problem  string           `json:"problem,omitempty"`
	Required bool             `json:"required"`
}

type resultDocument struct {
	SDK       string             `json:"sdk"`
	Transport scenario.Transport `json:"transport"`
	Case      string             `json:"case"`
	Rules     []string           `json:"rules"`
	Verdict   scenario.Verdict   `json:"verdict"`
	Message   string             `json:"message,omitempty"`
	Trace     string             `json:"trace,omitempty"`
	Seconds   float64            `json:"seconds"`
}

// JSON writes everything, for programs.
func JSON(w io.Writer, r *matrix.Run) error {
	d := document{
		Title: r.Title, Server: r.Server, Passed: r.Passed(), Seconds: r.Duration.Seconds(), Counts: map[scenario.Verdict]int{},
		Participants: []participantDocument{}, Results: []resultDocument{}, Problems: append([]string{}, r.Problems...),
	}
	for _, p := range r.Participants {
		d.Participants = append(d.Participants, participantDocument(p))
	}
	for i := range r.Results {
		result := &r.Results[i]
		d.Counts[result.Verdict]++
		d.Results = append(d.Results, resultDocument{
			SDK: result.SDK, Transport: result.Transport, Case: result.Case, Rules: append([]string{}, result.Rules...),
			Verdict: result.Verdict, Message: result.Message, Trace: result.Trace, Seconds: result.Duration.Seconds(),
		})
	}
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(d)
}
