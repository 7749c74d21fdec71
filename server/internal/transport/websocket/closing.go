package websocket

import (
	"encoding/binary"
	"time"
	"unicode/utf8"

	"github.com/coder/websocket"

	"github.com/fastpubsub/fastpubsub/server/internal/apierror"
	"github.com/fastpubsub/fastpubsub/server/internal/transport/wsframe"
)

// maxCloseText is the longest text of a Close frame, in bytes (RFC 6455: a
// control frame has at most 125, of which the code takes 2).
const maxCloseText = 123

// patience is how long the end of a connection may take.
type patience struct {
	write  time.Duration // to write the Close frame
	answer time.Duration // for the client's answer to it
	whole  time.Duration // both together
}

var (
	ordinaryPatience = patience{write: closeTimeout, answer: closeTimeout, whole: 2 * closeTimeout}
	// shortPatience is for clients that must be gone within a second (TK-10), of
	// which the session takes some time to write what tells them.
	shortPatience = patience{write: 500 * time.Millisecond, answer: 300 * time.Millisecond, whole: 600 * time.Millisecond}
)

func patienceWith(cause *apierror.Error) patience {
	if cause == nil {
		return ordinaryPatience
	}
	switch cause.Reason() {
	case apierror.TokenRevoked, apierror.TokenExpired, apierror.SlowConsumer:
		return shortPatience
	default:
		return ordinaryPatience
	}
}

// Close implements session.Transport: unless nobody is left to hear it, it says
// why, and waits for the client's answer for a while.
func (c *conn) Close(cause *apierror.Error) {
	c.cancel()
	c.handler.keeper.remove(c)
	if c.gone.Load() {
		_ = c.output.raw.Close() // it has nothing to report
	} else {
		c.shakeHands(closeFrame(closeStatus(cause), closeText(cause)), patienceWith(cause))
	}
	c.reading.Wait()
}

// refuse ends a connection that has been upgraded but gets no session.
func (c *conn) refuse(cause *apierror.Error) {
	c.handler.connections.Go(func() {
		go func() {
			defer c.reading.Done()
			c.discard(false)
			c.input.release()
		}()
		c.shakeHands(closeFrame(connectStatus(cause), closeText(cause)), patienceWith(cause))
		c.cancel()
		c.reading.Wait()
	})
}

// shakeHands sends a Close frame, waits until the reader has ended, which it does
// with the client's answer, and closes the connection. When the time for anything
// of this is over the connection is cut, whatever somebody waits for.
func (c *conn) shakeHands(frame []byte, p patience) {
	began := time.Now()
	over := time.AfterFunc(p.whole, c.output.cut)
	defer over.Stop()
	if err := c.output.writeLast(frame, p.write); err != nil {
		c.output.cut()
	} else {
		over.Reset(min(p.answer, p.whole-time.Since(began)))
		c.reading.Wait()
	}
	_ = c.output.raw.Close() // it has nothing to report
}

// closeFrame is a whole Close frame.
func closeFrame(status websocket.StatusCode, text string) []byte {
	payload := binary.BigEndian.AppendUint16(make([]byte, 0, maxControlPayload), uint16(status)) //nolint:gosec // at most 4999
	return controlFrame(wsframe.Close, append(payload, text...))
}

// closeStatus is the code with which a live connection ends.
func closeStatus(cause *apierror.Error) websocket.StatusCode {
	if cause == nil {
		return websocket.StatusNormalClosure
	}
	traits := apierror.TraitsOf(cause.Reason())
	return firstStatus(traits.Close, traits.CloseAtConnect)
}

// connectStatus is the code with which a connection ends that gets no session.
func connectStatus(cause *apierror.Error) websocket.StatusCode {
	traits := apierror.TraitsOf(cause.Reason())
	return firstStatus(traits.CloseAtConnect, traits.Close)
}

// firstStatus is the first that is a code. A reason that closes nothing, by the
// catalogue, is one of the client's own making.
func firstStatus(codes ...int) websocket.StatusCode {
	for _, code := range codes {
		if code != 0 {
			return websocket.StatusCode(code)
		}
	}
	return websocket.StatusPolicyViolation
}

// closeText is "REASON: message", cut to what a Close frame takes.
func closeText(cause *apierror.Error) string {
	if cause == nil {
		return ""
	}
	text := apierror.Name(cause.Reason()) + ": " + cause.Message()
	if len(text) <= maxCloseText {
		return text
	}
	end := maxCloseText
	for !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end]
}
