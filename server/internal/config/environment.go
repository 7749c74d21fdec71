package config

import (
	"slices"
	"strings"
)

// environment is the FASTPUBSUB_ variables of a process. An empty variable
// counts as not set, as tools that pass variables on write it.
type environment map[string]string

// readEnvironment picks our variables from "NAME=value" texts. Where a name
// stands twice, the last one holds.
func readEnvironment(environ []string) environment {
	ours := environment{}
	for _, entry := range environ {
		name, value, found := strings.Cut(entry, "=")
		if !found || !strings.HasPrefix(name, EnvironmentPrefix) {
			continue
		}
		delete(ours, name)
		if value != "" && !isServiceLink(name, value) {
			ours[name] = value
		}
	}
	return ours
}

// unknown are the variables that no setting of any command has, in order.
func (e environment) unknown(settings []string) []error {
	variables := map[string]bool{}
	for _, setting := range settings {
		variables[VariableOf(setting)] = true
	}
	var faults []error
	for name := range e {
		if !variables[name] {
			faults = append(faults, unknownVariable(name, settings))
		}
	}
	slices.SortFunc(faults, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
	return faults
}

func unknownVariable(name string, settings []string) error {
	fault := &UnknownError{Kind: "variable", Name: name, Source: Source{Layer: LayerVariable, Name: name}}
	meant := strings.ReplaceAll(strings.TrimPrefix(name, EnvironmentPrefix), "_", "-")
	if near := Nearest(meant, settings); near != "" {
		fault.Suggestion = VariableOf(near)
	}
	return fault
}

// texts is what the setting's variable says; nil: it is not set.
func (e environment) texts(setting *Setting) []string {
	value, set := e[setting.Variable()]
	switch {
	case !set:
		return nil
	case setting.Value.List():
		return splitList(value)
	default:
		return []string{value}
	}
}
