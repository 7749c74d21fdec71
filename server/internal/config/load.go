package config

import (
	"errors"
	"fmt"

	"github.com/spf13/pflag"
)

// Input is what a process was started with.
type Input struct {
	// Flags were made by Table.Register and have been parsed.
	Flags *pflag.FlagSet
	// Environ is the environment, "NAME=value".
	Environ []string
	// Known names the settings of every command: what stands in a variable or
	// in the file for another command is no error.
	Known []string
}

// Load sets every setting of the table from its strongest layer and writes
// Setting.Origin. All faults come back together, joined: *Error, *UnknownError,
// or a fault of the file as a whole.
func Load(table Table, in Input) error {
	loader := loader{Input: in, environment: readEnvironment(in.Environ)}
	faults := loader.environment.unknown(in.Known)
	faults = append(faults, loader.openFile(table)...)
	for _, setting := range table {
		if err := loader.set(setting); err != nil {
			faults = append(faults, err)
		}
	}
	return errors.Join(faults...)
}

type loader struct {
	Input
	environment environment
	file        *file
}

// openFile reads the file if the table has a setting for one and it is set.
func (l *loader) openFile(table Table) []error {
	setting := table.Lookup(FileSetting)
	if setting == nil {
		return nil
	}
	texts, source, err := l.find(setting)
	if err != nil || texts == nil {
		return nil
	}
	path := texts[len(texts)-1]
	if l.file, err = readFile(path); err != nil {
		return []error{fmt.Errorf("%s: cannot use %q from %s: %w", setting.Name, path, source, err)}
	}
	return l.file.unknown(l.Known)
}

// set takes the setting's value from its strongest layer.
func (l *loader) set(setting *Setting) error {
	texts, source, err := l.find(setting)
	if err != nil || texts == nil {
		return err
	}
	setting.Origin = source
	return setting.assign(texts, source)
}

// find is the strongest layer's texts; nil: no layer has any.
func (l *loader) find(setting *Setting) ([]string, Source, error) {
	if texts := setting.given(l.Flags); texts != nil {
		return texts, Source{Layer: LayerFlag, Name: "--" + setting.Name}, nil
	}
	if setting.FlagOnly {
		return nil, Source{}, nil
	}
	if texts := l.environment.texts(setting); texts != nil {
		return texts, Source{Layer: LayerVariable, Name: setting.Variable()}, nil
	}
	if l.file == nil || setting.Name == FileSetting {
		return nil, Source{}, nil
	}
	found, ok := l.file.entries[setting.Name]
	if !ok {
		return nil, Source{}, nil
	}
	source := l.file.source(setting.Name)
	if found.list && !setting.Value.List() {
		return nil, source, setting.fault(source, "a list")
	}
	return found.texts, source, nil
}

// assign sets the value, or says which text is not accepted.
func (s *Setting) assign(texts []string, source Source) error {
	err := s.Value.Set(texts)
	if err == nil {
		return nil
	}
	var refused *rejection
	if !errors.As(err, &refused) {
		return fmt.Errorf("%s: %w", s.Name, err)
	}
	fault := s.fault(source, quote(refused.text))
	fault.Accepts += s.howToRepeat(source)
	return fault
}

// howToRepeat says how a list is written in this layer.
func (s *Setting) howToRepeat(source Source) string {
	switch {
	case !s.Value.List():
		return ""
	case source.Layer == LayerFlag:
		return "; for more than one repeat the flag"
	case source.Layer == LayerVariable:
		return "; more than one separated by commas"
	default:
		return "; more than one as a YAML list"
	}
}

func quote(text string) string {
	if text == "" {
		return ""
	}
	return fmt.Sprintf("%q", text)
}
