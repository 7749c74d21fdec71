package websocket

import (
	"encoding/binary"
	"errors"
	"time"
	"unicode/utf8"

	"github.com/coder/websocket"

	"github.com/fastpubsub/fastpubsub/server/internal/apierror"
	"github.com/fastpubsub/fastpubsub/server/internal/transport/wsframe"
)

// maxCloseText is the longest text of a Close frame, in bytes (RFC 6455: a
// control frame has at most 125, of which the code takes 2).
const maxCloseText = 123

// Close implements session.Transport: unless nobody is left to hear it, it says
// why, and waits for the client's answer for a while.
func (c *conn) Close(cause *apierror.Error) {
	c.cancel()
	c.handler.keeper.remove(c)
	if !c.gone.Load() {
		c.shakeHands(closeFrame(closeStatus(cause), closeText(cause)))
	}
	_ = c.ws.CloseNow() // it has nothing to report: the connection is closed
	c.reading.Wait()
}

// refuse ends a connection that has been upgraded but gets no session.
func (c *conn) refuse(cause *apierror.Error) {
	c.handler.connections.Go(func() {
		go func() {
			defer c.reading.Done()
			c.discard()
			c.input.release()
		}()
		c.shakeHands(closeFrame(connectStatus(cause), closeText(cause)))
		c.cancel()
		_ = c.ws.CloseNow() // as above
		c.reading.Wait()
	})
}

// shakeHands sends a Close frame and waits until the reader has ended, which it
// does with the client's answer, or when the time for that is over.
func (c *conn) shakeHands(frame []byte) {
	if err := c.output.writeLast(frame); err != nil {
		return
	}
	_ = c.output.raw.SetReadDeadline(time.Now().Add(closeTimeout)) // it fails on a closed connection, as does the read
	c.reading.Wait()
}

// closeFrame is a whole Close frame.
func closeFrame(status websocket.StatusCode, text string) []byte {
	frame := wsframe.AppendHeader(make([]byte, 0, controlRoom), wsframe.Close, 2+len(text))
	frame = binary.BigEndian.AppendUint16(frame, uint16(status)) //nolint:gosec // at most 4999
	return append(frame, text...)
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

// isOrderly says whether reading ended with the client's Close frame.
func isOrderly(err error) bool {
	var closed websocket.CloseError
	return errors.As(err, &closed)
}
