package h2

import (
	"encoding/binary"
	"errors"

	"golang.org/x/net/http2"
)

// begin waits for the turn to write. The connection is locked.
func (c *Conn) begin() error {
	for c.writing && c.err == nil {
		c.turn.Wait()
	}
	if c.err == nil {
		c.writing = true
		c.writes++
	}
	return c.err
}

// end writes what has become pending during the turn, which failed if err is set,
// and passes the turn on. The connection is locked.
func (c *Conn) end(err error) {
	for err == nil && len(c.pending) > 0 {
		pending := c.pending
		c.pending = nil
		c.mu.Unlock()
		_, err = c.raw.Write(pending)
		c.mu.Lock()
	}
	c.writing = false
	c.turn.Signal()
	if err != nil && c.err == nil {
		c.failLocked(err)
	}
	c.closeIfDone()
}

var errNotRead = errors.New("the peer does not read what it is sent")

// flush writes what is pending, unless somebody's turn it is, who will. The
// connection is locked; it is not while something is written.
func (c *Conn) flush() {
	switch {
	case c.err != nil:
	case len(c.pending) > maxPending+c.config.MaxStreams*lastWord:
		c.failLocked(errNotRead)
	case c.writing:
	case len(c.pending) > 0:
		c.writing = true
		c.writes++
		c.end(nil)
	default:
		c.closeIfDone()
	}
}

// greet makes our settings the first that is pending.
func (c *Conn) greet() {
	var settings []byte
	for _, s := range []http2.Setting{
		{ID: http2.SettingHeaderTableSize, Val: 0},
		{ID: http2.SettingMaxConcurrentStreams, Val: uint32(c.config.MaxStreams)}, //nolint:gosec // a small number
		{ID: http2.SettingInitialWindowSize, Val: c.config.StreamWindow},
		{ID: http2.SettingMaxHeaderListSize, Val: c.config.MaxHeaderBytes},
	} {
		settings = binary.BigEndian.AppendUint16(settings, uint16(s.ID))
		settings = binary.BigEndian.AppendUint32(settings, s.Val)
	}
	c.pending = appendFrame(c.pending, http2.FrameSettings, 0, 0, settings)
	if c.config.ConnectionWindow > initialWindow {
		c.pending = appendWindowUpdate(c.pending, 0, c.config.ConnectionWindow-initialWindow)
	}
}

func appendFrameHeader(dst []byte, kind http2.FrameType, flags http2.Flags, stream uint32, length int) []byte {
	dst = append(dst, byte(length>>16), byte(length>>8), byte(length), byte(kind), byte(flags))
	return binary.BigEndian.AppendUint32(dst, stream)
}

func appendFrame(dst []byte, kind http2.FrameType, flags http2.Flags, stream uint32, payload []byte) []byte {
	return append(appendFrameHeader(dst, kind, flags, stream, len(payload)), payload...)
}

func appendNumber(dst []byte, kind http2.FrameType, stream, number uint32) []byte {
	return binary.BigEndian.AppendUint32(appendFrameHeader(dst, kind, 0, stream, 4), number)
}

func appendWindowUpdate(dst []byte, stream, increment uint32) []byte {
	return appendNumber(dst, http2.FrameWindowUpdate, stream, increment)
}

func appendReset(dst []byte, stream uint32, code http2.ErrCode) []byte {
	return appendNumber(dst, http2.FrameRSTStream, stream, uint32(code))
}

func appendGoAway(dst []byte, lastID uint32, code http2.ErrCode) []byte {
	dst = appendFrameHeader(dst, http2.FrameGoAway, 0, 0, 8)
	dst = binary.BigEndian.AppendUint32(dst, lastID)
	return binary.BigEndian.AppendUint32(dst, uint32(code))
}

// appendHeaders appends a header block, in as many frames as it takes. It ends the
// stream, or does not.
func appendHeaders(dst []byte, stream uint32, ends bool, block []byte) []byte {
	kind, flags := http2.FrameHeaders, http2.Flags(0)
	if ends {
		flags = http2.FlagHeadersEndStream
	}
	for len(block) > maxReadFrame {
		dst = appendFrame(dst, kind, flags, stream, block[:maxReadFrame])
		block, kind, flags = block[maxReadFrame:], http2.FrameContinuation, 0
	}
	return appendFrame(dst, kind, flags|http2.FlagHeadersEndHeaders, stream, block)
}
