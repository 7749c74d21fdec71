package config

import (
	"math"
	"strconv"
	"strings"
)

// Units of sizes, in bytes.
const (
	kibibyte = 1 << 10
	mebibyte = 1 << 20
	gibibyte = 1 << 30
)

var sizeUnits = []struct {
	suffix string
	bytes  int
}{{"gib", gibibyte}, {"mib", mebibyte}, {"kib", kibibyte}, {"b", 1}, {"", 1}}

// Size is a number of bytes from minimum to maximum: plain, or with the suffix
// B, KiB, MiB or GiB.
func Size(target *int, minimum, maximum int) Value {
	accepts := FormatSize(minimum) + " to " + FormatSize(maximum) + " as bytes or with KiB, MiB or GiB"
	parse := func(text string) (int, bool) {
		size, ok := ParseSize(text)
		return size, ok && size >= minimum && size <= maximum
	}
	return &scalar[int]{target: target, kind: "size", accepts: accepts, parse: parse, format: FormatSize, plain: plainSize}
}

// plainSize is a size without a suffix as a number.
func plainSize(size int) any {
	text := FormatSize(size)
	if text == strconv.Itoa(size) {
		return int64(size)
	}
	return text
}

// ParseSize reads a number of bytes: "65535", "64KiB", "8 MiB". The suffix may
// be in any case.
func ParseSize(text string) (size int, ok bool) {
	lower := strings.ToLower(strings.TrimSpace(text))
	for _, unit := range sizeUnits {
		digits, found := strings.CutSuffix(lower, unit.suffix)
		if !found {
			continue
		}
		number, err := strconv.ParseUint(strings.TrimSpace(digits), 10, 63)
		if err != nil || number > uint64(math.MaxInt/unit.bytes) {
			return 0, false
		}
		return int(number) * unit.bytes, true
	}
	return 0, false
}

// FormatSize is the shortest text that ParseSize reads as the same size.
func FormatSize(size int) string {
	switch {
	case size >= gibibyte && size%gibibyte == 0:
		return strconv.Itoa(size/gibibyte) + "GiB"
	case size >= mebibyte && size%mebibyte == 0:
		return strconv.Itoa(size/mebibyte) + "MiB"
	case size >= kibibyte && size%kibibyte == 0:
		return strconv.Itoa(size/kibibyte) + "KiB"
	default:
		return strconv.Itoa(size)
	}
}
