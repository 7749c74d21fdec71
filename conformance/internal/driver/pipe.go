// Package driver runs a driver, the remote control of one SDK: as a process of
// its own, or inside this one.
package driver

import (
	"encoding/binary"
	"fmt"
	"io"

	"google.golang.org/protobuf/proto"
)

// maxFrame bounds a frame: a driver that prints to its standard output is told
// apart from one that sends large frames.
const maxFrame = 16 << 20

// WriteFrame writes a message behind its length, in one write.
func WriteFrame(w io.Writer, m proto.Message) error {
	frame, err := proto.MarshalOptions{}.MarshalAppend(make([]byte, 4, 256), m)
	if err != nil {
		return err
	}
	binary.BigEndian.PutUint32(frame, uint32(len(frame)-4)) //nolint:gosec // messages are small
	_, err = w.Write(frame)
	return err
}

// ReadFrame reads a message. It returns io.EOF at the end between two frames.
func ReadFrame(r io.Reader, m proto.Message) error {
	var head [4]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return err
	}
	length := binary.BigEndian.Uint32(head[:])
	if length > maxFrame {
		return fmt.Errorf("a frame begins with %q, a length of %d bytes: does something print to the standard output?", head, length)
	}
	frame := make([]byte, length)
	if _, err := io.ReadFull(r, frame); err != nil {
		return fmt.Errorf("a frame is cut off: %w", err)
	}
	if err := proto.Unmarshal(frame, m); err != nil {
		return fmt.Errorf("a frame cannot be read: %w", err)
	}
	return nil
}
