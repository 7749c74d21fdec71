package cli

import (
	"errors"
	"time"

	"github.com/fastpubsub/fastpubsub/server/internal/config"
)

// defaultLifetime is how long a token is valid unless it is said: short, because
// whoever has it can use it. Chosen by us.
const defaultLifetime = time.Hour

// expiry is when a token expires.
type expiry struct {
	in time.Duration
	at time.Time
	// table knows which of both was set.
	table config.Table
}

func newExpiry() *expiry {
	e := &expiry{in: defaultLifetime}
	e.table = config.Table{
		{
			Name: "expires-in", Group: groupRight, Value: config.AnyDuration(&e.in, `a time span like "30m" or "8h"`),
			Meaning: "how long the token is valid from now on",
		},
		{
			Name: "expires-at", Group: groupRight, Value: config.Time(&e.at, "see expires-in"),
			Meaning: "when the token expires",
		},
	}
	return e
}

// isSet says whether one of both was given.
func (e *expiry) isSet() bool {
	return !e.table[0].Origin.IsDefault() || !e.at.IsZero()
}

// time is when the token expires, counted from now.
func (e *expiry) time(now time.Time) (time.Time, error) {
	if !e.at.IsZero() && !e.table[0].Origin.IsDefault() {
		return time.Time{}, &misuse{errors.New("expires-in and expires-at exclude each other")}
	}
	if !e.at.IsZero() {
		return e.at, nil
	}
	return now.Add(e.in), nil
}
