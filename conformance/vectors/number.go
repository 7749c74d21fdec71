package vectors

import (
	"encoding/json"
	"fmt"
	"strconv"
)

// Number is a number of 64 bits, written in the files as a string in decimal,
// since not every reader of JSON keeps that many bits.
type Number uint64

// UnmarshalJSON reads the string.
func (n *Number) UnmarshalJSON(data []byte) error {
	var text string
	if err := json.Unmarshal(data, &text); err != nil {
		return err
	}
	value, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		return fmt.Errorf("a number as a string: %w", err)
	}
	*n = Number(value)
	return nil
}

// Uint64s are the numbers as Go has them; nil if there is none.
func Uint64s(numbers []Number) (values []uint64) {
	for _, n := range numbers {
		values = append(values, uint64(n))
	}
	return values
}
