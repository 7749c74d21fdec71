package websocket

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"unicode/utf8"

	"github.com/coder/websocket"

	"github.com/fastpubsub/fastpubsub/server/internal/transport/wsframe"
)

// violation is what a client did against the WebSocket protocol (RFC 6455).
type violation string

func (v violation) Error() string { return string(v) }

// controller is handed control frames.
type controller interface {
	// control does what the frame asks for, and keeps nothing of the payload.
	control(o wsframe.Opcode, payload []byte) error
}

// frames puts a client's frames together to messages. Control frames, which may
// stand between the frames of a message, are handed on.
type frames struct {
	in      *input
	control controller

	left uint64 // of the payload of the frame that is being read, in bytes
	mask [4]byte
	last bool // the frame is its message's last
}

// begin reads the header of the next frame, when no message is being read. Text or
// Binary: a message begins, which Read gives. Otherwise it was a control frame,
// which has been handed on.
func (f *frames) begin() (wsframe.Opcode, error) {
	h, err := f.header()
	switch {
	case err != nil:
		return 0, err
	case h.Opcode.IsControl():
		return h.Opcode, f.handOn(h)
	case h.Opcode == wsframe.Continuation:
		return 0, violation("a continuation frame without a message before it")
	default:
		f.start(h)
		return h.Opcode, nil
	}
}

// Read implements io.Reader: io.EOF is the end of the message.
func (f *frames) Read(p []byte) (int, error) {
	for f.left == 0 {
		if f.last {
			return 0, io.EOF
		}
		if err := f.goOn(); err != nil {
			return 0, within(err)
		}
	}
	n, err := f.in.Read(p[:min(uint64(len(p)), f.left)])
	wsframe.Unmask(p[:n], f.mask)
	f.left -= uint64(n) //nolint:gosec // a size
	f.mask = turn(f.mask, n)
	return n, within(err)
}

// within is a failure within a message, where the connection's end is not the message's.
func within(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// goOn reads the header of the next frame within a message.
func (f *frames) goOn() error {
	h, err := f.header()
	switch {
	case err != nil:
		return err
	case h.Opcode.IsControl():
		return f.handOn(h)
	case h.Opcode != wsframe.Continuation:
		return violation("a message began before the previous message had ended")
	default:
		f.start(h)
		return nil
	}
}

func (f *frames) start(h wsframe.Header) { f.left, f.mask, f.last = h.Payload, h.Mask, h.Fin }

// header takes the header of the next frame, with which nothing is wrong.
func (f *frames) header() (wsframe.Header, error) {
	h, _, err := f.in.header()
	if err != nil {
		return h, err
	}
	f.in.advance(h.Size)
	return h, check(h)
}

// handOn reads the payload of a control frame.
func (f *frames) handOn(h wsframe.Header) error {
	var room [maxControlPayload]byte
	payload := room[:h.Payload]
	if _, err := io.ReadFull(f.in, payload); err != nil {
		return err
	}
	wsframe.Unmask(payload, h.Mask)
	return f.control.control(h.Opcode, payload)
}

// turn is the mask for what follows n masked bytes.
func turn(mask [4]byte, n int) (turned [4]byte) {
	for i := range turned {
		turned[i] = mask[(n+i)%len(mask)]
	}
	return turned
}

// maxControlPayload is the longest payload of a control frame, in bytes.
const maxControlPayload = 125

// check says what is wrong with the header of a client's frame.
func check(h wsframe.Header) error {
	switch {
	case h.Reserved:
		return violation("rsv bits are set, but no extension has been agreed on")
	case !h.Masked:
		return violation("an unmasked frame")
	case h.Opcode > wsframe.Binary && h.Opcode < wsframe.Close, h.Opcode > wsframe.Pong:
		return violation(fmt.Sprintf("a frame of the unknown opcode %d", h.Opcode))
	case h.Payload > math.MaxInt64:
		return violation("a frame of a length of 2^63 bytes or more")
	case h.Opcode.IsControl() && !h.Fin:
		return violation("a fragmented control frame")
	case h.Opcode.IsControl() && h.Payload > maxControlPayload:
		return violation(fmt.Sprintf("a control frame of %d bytes, more than %d", h.Payload, maxControlPayload))
	default:
		return nil
	}
}

// isWhole says whether the header is that of a message in one frame, with which
// nothing is wrong.
func isWhole(h wsframe.Header) bool {
	return h.Fin && (h.Opcode == wsframe.Text || h.Opcode == wsframe.Binary) && check(h) == nil
}

// checkClose says what is wrong with the payload of a Close frame: a code and a
// text, or nothing.
func checkClose(payload []byte) error {
	switch {
	case len(payload) == 0:
		return nil
	case len(payload) == 1:
		return violation("a close payload of one byte, which is no code")
	}
	if code := websocket.StatusCode(binary.BigEndian.Uint16(payload)); !isCloseCode(code) {
		return violation(fmt.Sprintf("a close payload with the code %d, which nobody may send", code))
	}
	if !utf8.Valid(payload[2:]) {
		return violation("a close payload whose text is not UTF-8")
	}
	return nil
}

// isCloseCode says whether a Close frame may have the code: those of the protocol
// (IANA's WebSocket Close Code Number Registry), of libraries, and of applications.
func isCloseCode(code websocket.StatusCode) bool {
	switch {
	case code < websocket.StatusNormalClosure:
		return false
	case code <= websocket.StatusUnsupportedData, code >= websocket.StatusInvalidFramePayloadData && code <= websocket.StatusBadGateway:
		return true
	default:
		return code >= 3000 && code <= 4999
	}
}
