// Package secret holds a text type that cannot be printed by accident (SDK-19).
package secret

import "log/slog"

const redacted = "[redacted]"

// Text is a secret text. It sits behind a function, so that no way of printing
// reaches it, not even as an unexported field of a value that is printed with
// %#v or walked by reflection.
type Text struct{ reveal func() string }

// New wraps a secret.
func New(value string) Text { return Text{reveal: func() string { return value }} }

// Reveal is the secret itself.
func (t Text) Reveal() string {
	if t.reveal == nil {
		return ""
	}
	return t.reveal()
}

// String never shows the secret.
func (t Text) String() string { return redacted }

// GoString never shows the secret.
func (t Text) GoString() string { return redacted }

// LogValue never shows the secret.
func (t Text) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalText never shows the secret.
func (t Text) MarshalText() ([]byte, error) { return []byte(redacted), nil }
