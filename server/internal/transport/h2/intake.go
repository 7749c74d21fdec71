package h2

import (
	"time"

	"golang.org/x/net/http2"
)

// take does what a frame asks for. Errors are those of RFC 9113, of the connection
// or of a stream.
func (c *Conn) take(frame http2.Frame) error {
	if _, ok := frame.(*http2.SettingsFrame); !ok && !c.settled {
		return http2.ConnectionError(http2.ErrCodeProtocol)
	}
	switch f := frame.(type) {
	case *http2.DataFrame:
		return c.takeData(f)
	case *http2.WindowUpdateFrame:
		return c.takeWindow(f.StreamID, int64(f.Increment))
	case *http2.MetaHeadersFrame:
		return c.takeHeaders(f)
	case *http2.PingFrame:
		return c.takePing(f)
	case *http2.SettingsFrame:
		return c.takeSettings(f)
	case *http2.RSTStreamFrame:
		return c.takeReset(f)
	case *http2.PushPromiseFrame:
		return http2.ConnectionError(http2.ErrCodeProtocol)
	default: // priorities, the peer's good-bye, and what there may be in the future
		return c.glitch()
	}
}

// glitches counts frames that ask for nothing that gets done.
type glitches struct {
	count int
	since time.Time
}

func (c *Conn) glitch() error {
	g := &c.glitches
	if now := time.Now(); now.Sub(g.since) > time.Second {
		*g = glitches{since: now}
	}
	if g.count++; g.count > maxGlitches {
		return http2.ConnectionError(http2.ErrCodeEnhanceYourCalm)
	}
	return nil
}

func (c *Conn) takeHeaders(f *http2.MetaHeadersFrame) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if s := c.streams[f.StreamID]; s != nil {
		return s.takeTrailers(f.StreamEnded())
	}
	switch id := f.StreamID; {
	case id%2 == 0:
		return http2.ConnectionError(http2.ErrCodeProtocol)
	case id <= c.lastID:
		return http2.StreamError{StreamID: id, Code: http2.ErrCodeStreamClosed}
	case c.refusing || c.err != nil:
		c.lastID = id
		return nil // the peer has been told that it is not served
	case len(c.streams)+c.abandoned >= c.config.MaxStreams:
		c.lastID = id
		return http2.StreamError{StreamID: id, Code: http2.ErrCodeRefusedStream}
	}
	c.lastID = f.StreamID
	c.start(newStream(c, f))
	return nil
}

func (c *Conn) start(s *Stream) {
	c.streams[s.id] = s
	s.run(func() { c.handle(s) })
}

func (c *Conn) takeData(f *http2.DataFrame) error {
	length := f.Length // with padding, which counts
	c.mu.Lock()
	defer c.mu.Unlock()
	if f.StreamID > c.lastID {
		return http2.ConnectionError(http2.ErrCodeProtocol)
	}
	if err := c.receive(length); err != nil {
		return err
	}
	defer c.flush()
	s := c.streams[f.StreamID]
	if s == nil {
		return nil // it has been finished or reset; the peer learns of it
	}
	if err := s.takeData(f.Data(), length, f.StreamEnded()); err != nil {
		return err
	}
	if len(f.Data()) == 0 && !f.StreamEnded() {
		if s.in == nil { // otherwise Next gives back the padding, too
			s.giveBack()
		}
		return c.glitch()
	}
	return nil
}

func (c *Conn) takeReset(f *http2.RSTStreamFrame) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if f.StreamID > c.lastID {
		return http2.ConnectionError(http2.ErrCodeProtocol)
	}
	s := c.streams[f.StreamID]
	if s == nil {
		return nil
	}
	s.abandon()
	c.flush()
	return c.glitch()
}

func (c *Conn) takeSettings(f *http2.SettingsFrame) error {
	if f.IsAck() {
		return nil
	}
	if f.NumSettings() > maxSettings || f.HasDuplicates() {
		return http2.ConnectionError(http2.ErrCodeProtocol)
	}
	c.settled = true
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := f.ForeachSetting(c.apply); err != nil {
		return err
	}
	c.pending = appendFrame(c.pending, http2.FrameSettings, http2.FlagSettingsAck, 0, nil)
	c.flush()
	return c.glitch()
}

// maxSettings is how many settings a frame may have: there are fewer than twenty.
const maxSettings = 100

func (c *Conn) apply(s http2.Setting) error {
	if err := s.Valid(); err != nil {
		return err
	}
	switch s.ID { //nolint:exhaustive // others say nothing to us
	case http2.SettingMaxFrameSize:
		c.maxFrame = int(min(s.Val, maxWriteFrame))
	case http2.SettingInitialWindowSize:
		return c.resize(int64(s.Val))
	}
	return nil
}
