package config

import (
	"encoding/json"
	"io"

	"github.com/goccy/go-yaml"
)

// effective is a setting as JSON shows it.
type effective struct {
	Name   string `json:"name"`
	Value  any    `json:"value"`
	Source string `json:"source"`
}

// WriteYAML writes the settings in force as a YAML file with a comment after
// each that says where it came from. Secrets are redacted; but for them, the
// file can be given to --config.
func WriteYAML(w io.Writer, table Table) error {
	settings := yaml.MapSlice{}
	comments := yaml.CommentMap{}
	for _, setting := range table {
		if setting.Name == FileSetting {
			continue
		}
		settings = append(settings, yaml.MapItem{Key: setting.Name, Value: setting.plain()})
		comments["$."+setting.Name] = []*yaml.Comment{sourceComment(setting)}
	}
	return yaml.NewEncoder(w, yaml.WithComment(comments), yaml.IndentSequence(true)).Encode(settings)
}

// sourceComment stands behind a value, but before a list: the encoder would put
// a comment behind a list's key into the list.
func sourceComment(setting *Setting) *yaml.Comment {
	text := " " + setting.Origin.String()
	if setting.Value.List() {
		return yaml.HeadComment(text)
	}
	return yaml.LineComment(text)
}

// WriteJSON writes the settings in force as a JSON list of objects with name,
// value and source. Secrets are redacted.
func WriteJSON(w io.Writer, table Table) error {
	settings := make([]effective, len(table))
	for i, setting := range table {
		settings[i] = effective{Name: setting.Name, Value: setting.plain(), Source: setting.Origin.String()}
	}
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	return encoder.Encode(settings)
}

// plain is the value for YAML and JSON, redacted if it is a secret.
func (s *Setting) plain() any {
	if !s.Secret {
		return s.Value.Plain()
	}
	if s.Value.List() {
		return s.Shown()
	}
	return s.Shown()[0]
}
