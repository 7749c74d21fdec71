// Package wsframe is the header of WebSocket frames (RFC 6455, section 5.2): it
// writes those of whole messages from a server, and reads those of a client.
package wsframe

import "encoding/binary"

// Opcode says what a frame is.
type Opcode uint8

// The opcodes.
const (
	Continuation Opcode = 0
	Text         Opcode = 1
	Binary       Opcode = 2
	Close        Opcode = 8
	Ping         Opcode = 9
	Pong         Opcode = 10
)

// IsControl says whether it is a control frame, which may stand between the
// fragments of a message.
func (o Opcode) IsControl() bool { return o&8 != 0 }

// MaxServerHeader and MaxClientHeader are the longest headers, in bytes; a
// client's has the mask besides.
const (
	MaxServerHeader = 10
	MaxClientHeader = 14
)

const (
	finBit      = 0x80
	reservedBit = 0x70
	maskBit     = 0x80
	maskSize    = 4

	length16 = 126 // the length follows in 16 bits
	length64 = 127 // the length follows in 64 bits
)

// HeaderSize is how many bytes AppendHeader appends for a message of size bytes.
func HeaderSize(size int) int {
	switch {
	case size < length16:
		return 2
	case size < 1<<16:
		return 4
	default:
		return MaxServerHeader
	}
}

// AppendHeader appends the header of a whole message of size bytes.
func AppendHeader(b []byte, o Opcode, size int) []byte {
	b = append(b, finBit|byte(o))
	switch HeaderSize(size) {
	case 2:
		return append(b, byte(size))
	case 4:
		return binary.BigEndian.AppendUint16(append(b, length16), uint16(size)) //nolint:gosec // below 1<<16
	default:
		return binary.BigEndian.AppendUint64(append(b, length64), uint64(size)) //nolint:gosec // a size
	}
}

// Header is the header of a client's frame.
type Header struct {
	Fin    bool
	Opcode Opcode
	// Reserved says that a bit is set that only extensions use.
	Reserved bool
	// Size is the size of the header, Payload what follows it, in bytes.
	Size    int
	Payload uint64
	// Masked says that the payload is masked, with Mask.
	Masked bool
	Mask   [maskSize]byte
}

// ParseHeader reads the header at the start of b; false: b holds only a part.
// It checks nothing.
func ParseHeader(b []byte) (h Header, ok bool) {
	if len(b) < 2 {
		return h, false
	}
	h = Header{
		Fin: b[0]&finBit != 0, Reserved: b[0]&reservedBit != 0, Opcode: Opcode(b[0] & 0xf),
		Size: 2, Payload: uint64(b[1] &^ maskBit), Masked: b[1]&maskBit != 0,
	}
	switch h.Payload {
	case length16:
		h.Size = 4
	case length64:
		h.Size = 10
	}
	if len(b) < h.Size {
		return h, false
	}
	switch h.Payload {
	case length16:
		h.Payload = uint64(binary.BigEndian.Uint16(b[2:]))
	case length64:
		h.Payload = binary.BigEndian.Uint64(b[2:])
	}
	if !h.Masked {
		return h, true
	}
	h.Size += maskSize
	return h, copy(h.Mask[:], b[h.Size-maskSize:]) == maskSize
}
