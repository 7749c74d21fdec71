package cli

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
)

// lineBufferBytes is how much of standard input is read at once.
const lineBufferBytes = 64 << 10

// wholeInput reads r as one payload of at most limit bytes.
func wholeInput(r io.Reader, limit int) ([]byte, error) {
	payload, err := io.ReadAll(io.LimitReader(r, int64(limit)+1))
	if err != nil {
		return nil, fmt.Errorf("cannot read standard input: %w", err)
	}
	if len(payload) > limit {
		return nil, fmt.Errorf("standard input: %w", tooLarge(limit))
	}
	return payload, nil
}

// lines reads r as one payload a line, without what ends the line (LF or CRLF).
// The last line needs no end. A line of more than limit bytes, or a fault of r,
// is the last element's error. Each payload is the caller's to keep.
func lines(r io.Reader, limit int) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		reader := bufio.NewReaderSize(r, lineBufferBytes)
		for number := 1; ; number++ {
			line, err := readLine(reader, limit)
			if errors.Is(err, io.EOF) && line == nil {
				return
			}
			if err != nil && !errors.Is(err, io.EOF) {
				yield(nil, fmt.Errorf("line %d of standard input: %w", number, err))
				return
			}
			if !yield(line, nil) || err != nil {
				return
			}
		}
	}
}

// readLine reads one line. With io.EOF, line is nil if there is none.
func readLine(reader *bufio.Reader, limit int) (line []byte, err error) {
	for {
		var part []byte
		part, err = reader.ReadSlice('\n')
		line = append(line, part...)
		if len(line) > limit+len("\r\n") {
			return nil, tooLarge(limit)
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			break
		}
	}
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	line = bytes.TrimSuffix(bytes.TrimSuffix(line, []byte("\n")), []byte("\r"))
	if len(line) > limit {
		return nil, tooLarge(limit)
	}
	return line, err
}

func tooLarge(limit int) error {
	return fmt.Errorf("PAYLOAD_TOO_LARGE: a payload has at most %d bytes on this server; nothing is cut off", limit)
}
