// Package secret holds a text type that cannot be printed by accident.
package secret

import (
	"crypto/sha256"
	"crypto/subtle"
	"log/slog"
)

const redacted = "[redacted]"

// Text is a secret text. Every way of printing, logging or encoding it gives
// "[redacted]"; only Reveal gives the text.
type Text struct{ value string }

// New wraps a secret.
func New(value string) Text { return Text{value} }

// Reveal is the secret itself.
func (t Text) Reveal() string { return t.value }

// IsZero says whether there is no secret.
func (t Text) IsZero() bool { return t.value == "" }

// Equal compares in a time that does not depend on where the texts differ, nor
// on their lengths.
func (t Text) Equal(other string) bool {
	mine, theirs := sha256.Sum256([]byte(t.value)), sha256.Sum256([]byte(other))
	return subtle.ConstantTimeCompare(mine[:], theirs[:]) == 1
}

// String never shows the secret.
func (t Text) String() string { return redacted }

// GoString never shows the secret.
func (t Text) GoString() string { return redacted }

// LogValue never shows the secret.
func (t Text) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalText never shows the secret.
func (t Text) MarshalText() ([]byte, error) { return []byte(redacted), nil }
