package server

import (
	"errors"
	"fmt"
)

// ConfigError is a field of Config that is wrong.
type ConfigError struct {
	// Field is its name, "Limits.PayloadBytes".
	Field string
	// Got is what it holds; never a secret.
	Got string
	// Accepts is what it may hold.
	Accepts string
}

// Error names the field, what it got and what it accepts.
func (e *ConfigError) Error() string {
	return fmt.Sprintf("%s: got %s, accepts %s", e.Field, e.Got, e.Accepts)
}

// problems collects what is wrong with a Config.
type problems []error

func (p *problems) unless(ok bool, field string, got any, accepts string) {
	if !ok {
		*p = append(*p, &ConfigError{Field: field, Got: fmt.Sprintf("%v", got), Accepts: accepts})
	}
}

// within checks an inclusive range.
func (p *problems) within(field string, got, least, most int) {
	p.unless(got >= least && got <= most, field, got, fmt.Sprintf("%d to %d", least, most))
}

// notNegative checks a number of which 0 means no limit.
func (p *problems) notNegative(field string, got int) {
	p.unless(got >= 0, field, got, "0 (no limit) or more")
}

func (p problems) err() error { return errors.Join(p...) }
