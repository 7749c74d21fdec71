package config

import (
	"strings"
)

// Error is a wrong value of a setting. It holds no secret.
type Error struct {
	// Setting is the setting's name.
	Setting string
	// Source is where the value came from.
	Source Source
	// Got is what was found there; a secret is redacted.
	Got string
	// Accepts says what the setting accepts.
	Accepts string
}

// Error names the setting, the source, what it got and what it accepts.
func (e *Error) Error() string {
	got := e.Got
	if got == "" {
		got = "nothing"
	}
	if got != "nothing" || !e.Source.IsDefault() {
		got += " from " + e.Source.String()
	}
	return e.Setting + ": got " + got + "; accepts " + e.Accepts
}

// UnknownError is a flag, key or variable that no setting has.
type UnknownError struct {
	// Kind is "flag", "key" or "variable".
	Kind string
	// Name is the unknown name, without any value.
	Name string
	// Source is where it stands.
	Source Source
	// Suggestion is a known name that looks like it; empty: none does.
	Suggestion string
}

// Error names what is unknown and where, and what was perhaps meant.
func (e *UnknownError) Error() string {
	var text strings.Builder
	text.WriteString("unknown " + e.Kind + " " + e.Name)
	if e.Source.Layer == LayerFile {
		text.WriteString(" at " + e.Source.String())
	}
	if e.Suggestion != "" {
		text.WriteString("; did you mean " + e.Suggestion + "?")
	}
	return text.String()
}

// fault is the Error of a setting.
func (s *Setting) fault(source Source, got string) *Error {
	if s.Secret {
		got = redact(got)
	}
	return &Error{Setting: s.Name, Source: source, Got: got, Accepts: s.Value.Accepts()}
}
