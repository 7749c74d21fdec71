package config

import "strings"

// EnvironmentPrefix starts the name of every variable that is ours.
const EnvironmentPrefix = "FASTPUBSUB_"

// FileSetting is the setting that names the YAML file. It has a flag and a
// variable, and no key.
const FileSetting = "config"

// Setting is one row of a table.
type Setting struct {
	// Name is the flag without dashes, and the key in the file.
	Name string
	// Short is a one-letter flag; empty: none.
	Short string
	// Group is the heading under which help and reference show the setting.
	Group string
	// Meaning says what the setting does, in a phrase.
	Meaning string
	// Value parses and holds what the setting is set to. What it holds before
	// Load is the default.
	Value Value
	// Secret settings are never shown.
	Secret bool
	// Field is the field of server.Config that the setting fills, as
	// server.ConfigError names it; empty: it fills none.
	Field string
	// DevDefault replaces the default with --dev; nil: it does not.
	DevDefault []string
	// FlagOnly settings have neither a variable nor a key, because another command
	// gives them another meaning.
	FlagOnly bool
	// Implied describes the default when no value stands for it ("the host
	// name").
	Implied string
	// Origin is where the value came from; Load writes it.
	Origin Source
}

// Variable is the name of the setting's environment variable.
func (s *Setting) Variable() string { return VariableOf(s.Name) }

// VariableOf is the environment variable of the setting with this name.
func VariableOf(name string) string {
	return EnvironmentPrefix + strings.ToUpper(strings.ReplaceAll(name, "-", "_"))
}

// Shown is the value as it may be shown: secrets are redacted.
func (s *Setting) Shown() []string {
	texts := s.Value.Texts()
	if !s.Secret {
		return texts
	}
	shown := make([]string, len(texts))
	for i, text := range texts {
		shown[i] = redact(text)
	}
	return shown
}

// Table is the settings of one command, in the order in which they are shown.
type Table []*Setting

// Lookup finds a setting by its name; nil: there is none.
func (t Table) Lookup(name string) *Setting {
	for _, setting := range t {
		if setting.Name == name {
			return setting
		}
	}
	return nil
}

// ByField finds the setting that fills a field of server.Config, or the first
// part of the field; nil: none does.
func (t Table) ByField(field string) *Setting {
	for _, setting := range t {
		if setting.Field == field || strings.HasPrefix(setting.Field, field+".") {
			return setting
		}
	}
	return nil
}

// Names are the names of the settings, in order.
func (t Table) Names() []string {
	names := make([]string, len(t))
	for i, setting := range t {
		names[i] = setting.Name
	}
	return names
}

// Groups are the headings, each once, in the order of their first setting.
func (t Table) Groups() []string {
	var groups []string
	seen := map[string]bool{}
	for _, setting := range t {
		if !seen[setting.Group] {
			seen[setting.Group] = true
			groups = append(groups, setting.Group)
		}
	}
	return groups
}

func redact(text string) string {
	if text == "" {
		return ""
	}
	return "[redacted]"
}
