package config

import "time"

// Time is a point in time as RFC 3339 writes it, with any offset.
func Time(target *time.Time, empty string) Value {
	parse := func(text string) (time.Time, bool) {
		if text == "" {
			return time.Time{}, true
		}
		point, err := time.Parse(time.RFC3339, text)
		return point, err == nil
	}
	format := func(point time.Time) string {
		if point.IsZero() {
			return ""
		}
		return point.Format(time.RFC3339Nano)
	}
	accepts := `a time like "2026-01-31T12:00:00Z" or "2026-01-31T13:00:00+01:00"; empty: ` + empty
	return &scalar[time.Time]{target: target, kind: "time", accepts: accepts, parse: parse, format: format}
}
