package channel

import (
	"fmt"
	"strconv"
	"unicode/utf8"
)

// displayBytes is how much of a refused name an error shows, in bytes of the
// name. Enough to recognise it; a log line stays short whatever a client sends.
const displayBytes = 64

// NameError says why a name, a pattern or a rule was refused. Which of them it
// is follows from the function that returned it.
type NameError struct {
	// Name is the refused text as an ASCII Go string literal, at most the first
	// 64 bytes of it, with an ellipsis behind the quotes when some were cut off.
	Name string
	// Problem says what is wrong, where (bytes are counted from 1), and what is
	// accepted.
	Problem string
}

// Error is the name and the problem.
func (e *NameError) Error() string { return e.Name + ": " + e.Problem }

func nameErrorf(name, format string, args ...any) *NameError {
	return &NameError{Name: display(name), Problem: fmt.Sprintf(format, args...)}
}

// display quotes a name of unknown bytes so that it is safe in logs, terminals
// and text frames.
func display(name string) string {
	if len(name) <= displayBytes {
		return strconv.QuoteToASCII(name)
	}
	end := displayBytes
	for end > displayBytes-utf8.UTFMax && !utf8.RuneStart(name[end]) {
		end--
	}
	return strconv.QuoteToASCII(name[:end]) + "..."
}

// displayAt quotes the character that begins at byte i.
func displayAt(name string, i int) string {
	r, size := utf8.DecodeRuneInString(name[i:])
	if r == utf8.RuneError && size == 1 {
		return fmt.Sprintf("byte 0x%02x", name[i])
	}
	return strconv.QuoteRuneToASCII(r)
}

// checkLength refuses an empty name and one beyond maxBytes.
func checkLength(what, name string, maxBytes int) *NameError {
	switch {
	case name == "":
		return nameErrorf(name, "the %s is empty; 1 to %d bytes are accepted", what, maxBytes)
	case len(name) > maxBytes:
		return nameErrorf(name, "the %s has %d bytes; at most %d are accepted", what, len(name), maxBytes)
	}
	return nil
}

// emptyToken is the problem of a dot that comes first, last or after another;
// i is where the missing token would begin.
func emptyToken(what, name string, i int) *NameError {
	return nameErrorf(name, "the %s has an empty token at byte %d; dots may stand only between tokens of one or more characters", what, i+1)
}
