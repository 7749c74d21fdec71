package config

import (
	"fmt"
	"strconv"
)

// Switch is true or false.
func Switch(target *bool) Value {
	parse := func(text string) (bool, bool) {
		on, err := strconv.ParseBool(text)
		return on, err == nil
	}
	return &scalar[bool]{
		target: target, kind: "switch", accepts: "true or false",
		parse: parse, format: strconv.FormatBool,
		plain: func(on bool) any { return on },
		words: []string{"true", "false"},
	}
}

// Count is a whole number from minimum to maximum of unit ("connections").
// Where 0 is accepted, zero says what it means.
func Count(target *int, minimum, maximum int, unit, zero string) Value {
	accepts := fmt.Sprintf("%d to %d", minimum, maximum)
	if unit != "" {
		accepts += " " + unit
	}
	if zero != "" {
		accepts += "; 0: " + zero
	}
	parse := func(text string) (int, bool) {
		number, err := strconv.Atoi(text)
		return number, err == nil && number >= minimum && number <= maximum
	}
	return &scalar[int]{
		target: target, kind: "count", accepts: accepts, parse: parse, format: strconv.Itoa,
		plain: func(number int) any { return int64(number) },
	}
}
