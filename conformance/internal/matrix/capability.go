package matrix

import (
	"fmt"
	"slices"
	"strings"

	"github.com/fastpubsub/fastpubsub/conformance/internal/scenario"
)

// Capabilities are what the driver of each SDK must say that it can do, by the
// SDK's name. A driver that drops one would switch cases off in silence.
type Capabilities map[string][]string

// LoadCapabilities reads the pinned capabilities.
func LoadCapabilities(file string) (Capabilities, error) {
	var document struct {
		SDKs Capabilities `json:"sdks"`
	}
	if err := read(file, &document); err != nil {
		return nil, err
	}
	return document.SDKs, nil
}

// Check compares what a driver says with what is pinned, and gives the problems.
func (c Capabilities) Check(sdk string, said []string) (problems []string) {
	pinned, known := c[sdk]
	if !known {
		return []string{sdk + ": no capabilities are pinned: add what the driver says: " + strings.Join(said, ", ")}
	}
	for _, name := range pinned {
		if !slices.Contains(said, name) {
			problems = append(problems, fmt.Sprintf("%s: the driver has dropped the capability %q", sdk, name))
		}
	}
	for _, name := range said {
		if !slices.Contains(pinned, name) {
			problems = append(problems, fmt.Sprintf("%s: the driver has the capability %q, which is not pinned: add it", sdk, name))
		}
	}
	return problems
}

// lacks are the capabilities that a case needs and a driver does not have.
func lacks(c *scenario.Case, transport scenario.Transport, said []string) (missing []string) {
	for _, need := range append([]string{string(transport)}, c.Needs...) {
		if !slices.Contains(said, need) {
			missing = append(missing, need)
		}
	}
	return missing
}
