package config

import (
	"strings"
	"time"
)

// Duration is a time span from minimum to maximum, in Go's syntax. Where 0 is
// accepted beside them, zero says what it means.
func Duration(target *time.Duration, minimum, maximum time.Duration, zero string) Value {
	accepts := FormatDuration(minimum) + " to " + FormatDuration(maximum) + `, written like "30s" or "1h30m"`
	if zero != "" {
		accepts += "; 0: " + zero
	}
	parse := func(text string) (time.Duration, bool) {
		span, err := time.ParseDuration(strings.TrimSpace(text))
		if err == nil && span == 0 && zero != "" {
			return 0, true
		}
		return span, err == nil && span >= minimum && span <= maximum
	}
	return &scalar[time.Duration]{target: target, kind: "duration", accepts: accepts, parse: parse, format: FormatDuration}
}

// AnyDuration is a time span without bounds, also a negative one, in Go's syntax.
func AnyDuration(target *time.Duration, accepts string) Value {
	parse := func(text string) (time.Duration, bool) {
		span, err := time.ParseDuration(strings.TrimSpace(text))
		return span, err == nil
	}
	return &scalar[time.Duration]{target: target, kind: "duration", accepts: accepts, parse: parse, format: FormatDuration}
}

// FormatDuration is a time span without parts that are zero: "24h", "30s".
func FormatDuration(span time.Duration) string {
	text := span.String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}
