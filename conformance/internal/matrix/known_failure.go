package matrix

import (
	"fmt"
	"slices"
	"strings"

	"github.com/fastpubsub/fastpubsub/conformance/internal/scenario"
)

// KnownFailure is a case that fails, which somebody knows of.
type KnownFailure struct {
	// SDK is whose failure it is; of a pair, "go→rust".
	SDK string `json:"sdk"`
	// Transport is where it fails; empty: everywhere.
	Transport scenario.Transport `json:"transport"`
	// Case is the name of the case.
	Case string `json:"case"`
	// Reason says why it fails and what is to be done about it.
	Reason string `json:"reason"`
	// Message is part of the failure's message. A failure of another kind is not
	// known.
	Message string `json:"message"`
}

// KnownFailures is a list of them.
type KnownFailures []KnownFailure

// LoadKnownFailures reads the list.
func LoadKnownFailures(file string) (KnownFailures, error) {
	var document struct {
		KnownFailures KnownFailures `json:"known_failures"`
	}
	if err := read(file, &document); err != nil {
		return nil, err
	}
	for i, k := range document.KnownFailures {
		if k.SDK == "" || k.Case == "" || k.Reason == "" || k.Message == "" {
			return nil, fmt.Errorf("%s: known failure %d needs sdk, case, reason and message", file, i+1)
		}
	}
	return document.KnownFailures, nil
}

func (k *KnownFailure) String() string {
	where := k.SDK
	if k.Transport != "" {
		where += " over " + string(k.Transport)
	}
	return where + ": " + k.Case
}

// of is the entry of a case, or nil.
func (list KnownFailures) of(sdk string, transport scenario.Transport, name string) *KnownFailure {
	for i := range list {
		k := &list[i]
		if k.SDK == sdk && k.Case == name && (k.Transport == "" || k.Transport == transport) {
			return k
		}
	}
	return nil
}

// judge says what an outcome is, given what is known of the case.
func (list KnownFailures) judge(sdk string, transport scenario.Transport, name string, outcome scenario.Outcome) scenario.Outcome {
	known := list.of(sdk, transport, name)
	switch {
	case known == nil:
	case outcome.Verdict == scenario.Passed:
		outcome.Verdict = scenario.UnexpectedPass
		outcome.Message = "it is listed as a known failure (" + known.Reason + "), but it passes: take the entry away"
	case outcome.Verdict == scenario.Failed && strings.Contains(outcome.Message, known.Message):
		outcome.Verdict = scenario.KnownFailure
		outcome.Message += " (known: " + known.Reason + ")"
	case outcome.Verdict == scenario.Failed:
		outcome.Message += fmt.Sprintf(" (this is not the known failure, which says %q)", known.Message)
	}
	return outcome
}

// Stale are the problems with entries that name a case or an SDK that there is
// not.
func (list KnownFailures) Stale(cases []scenario.Case, sdks []string) (problems []string) {
	for i := range list {
		k := &list[i]
		if !slices.ContainsFunc(cases, func(c scenario.Case) bool { return c.Name == k.Case }) {
			problems = append(problems, fmt.Sprintf("the known failure %s is stale: there is no such case", k))
		} else if !slices.Contains(sdks, k.SDK) {
			problems = append(problems, fmt.Sprintf("the known failure %s is stale: there is no such SDK", k))
		}
	}
	return problems
}
