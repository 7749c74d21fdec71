package cli

import (
	"errors"
	"fmt"

	"github.com/fastpubsub/fastpubsub/server/internal/channel"
)

// maxNameBytes is the longest name that any server can be told to take. The
// limit of the server in question is known only once a client is connected, and
// checked then.
const maxNameBytes = 65535

// checkTenant and the like refuse what no server takes, before connecting: that
// is wrong use.
func checkTenant(tenant string) error {
	if err := channel.CheckTenant(channel.NormalizeTenant(tenant), maxNameBytes); err != nil {
		return &misuse{fmt.Errorf("tenant %w", err)}
	}
	return nil
}

func checkChannel(name string) error {
	if err := channel.CheckChannel(name, maxNameBytes); err != nil {
		return &misuse{fmt.Errorf("channel %w", err)}
	}
	return nil
}

// patternList is patterns in the order of the command line, each once.
type patternList struct {
	texts  []string
	parsed []channel.Pattern
}

func parsePatterns(texts []string) (*patternList, error) {
	list := &patternList{}
	var faults []error
	seen := map[string]bool{}
	for _, text := range texts {
		parsed, err := channel.ParsePattern(text, maxNameBytes)
		if err != nil {
			faults = append(faults, fmt.Errorf("pattern %w", err))
			continue
		}
		if !seen[text] {
			seen[text] = true
			list.texts = append(list.texts, text)
			list.parsed = append(list.parsed, parsed)
		}
	}
	if len(faults) > 0 {
		return nil, &misuse{errors.Join(faults...)}
	}
	return list, nil
}

// matching is the patterns that match a channel.
func (l *patternList) matching(name string) []string {
	var texts []string
	for i, pattern := range l.parsed {
		if pattern.Match(name) {
			texts = append(texts, l.texts[i])
		}
	}
	return texts
}
