package websocket

import (
	"errors"
	"fmt"
	"io"
	"runtime"
	"runtime/debug"
	"time"

	"github.com/coder/websocket"

	"github.com/fastpubsub/fastpubsub/server/internal/apierror"
	"github.com/fastpubsub/fastpubsub/server/internal/outbox"
	"github.com/fastpubsub/fastpubsub/server/internal/session"
	"github.com/fastpubsub/fastpubsub/server/internal/transport/command"
	"github.com/fastpubsub/fastpubsub/server/internal/transport/wsframe"
)

// errTooLarge is why reading ended: a message is beyond the read limit.
var errTooLarge = errors.New("a message is beyond the read limit")

// errClosed is why reading ended: the client has sent a Close frame.
var errClosed = errors.New("the client has closed the connection")

// errAnew is why a reader ended for which another one goes on.
var errAnew = errors.New("the reader begins anew")

// read is the connection's goroutine: it has the session carry out what the
// client sends, until there is no more.
func (c *conn) read() {
	err := c.serve()
	if err == errAnew { //nolint:errorlint // it is nobody's cause
		c.handler.connections.Go(c.read)
		return
	}
	c.input.release()
	c.reading.Done()
	c.session.End(err)
}

// serve reads until nothing more can be read, and does what is due when the
// client is to blame for that. It returns nil when the client closed the
// connection in order.
func (c *conn) serve() (err error) {
	defer func() {
		if fault := recover(); fault != nil {
			c.handler.options.Logger.Error("a connection's reader panicked", "fault", fault, "stack", string(debug.Stack()))
			err = fmt.Errorf("panic: %v", fault)
		}
		c.gone.Store(err != errAnew) //nolint:errorlint // see read
	}()
	for err == nil {
		if c.grown && c.input.empty() {
			c.grown = false
			return errAnew
		}
		if c.input.empty() {
			runtime.Gosched() // those who write what came of it go first: to find that nothing has arrived takes a call
		}
		c.input.await()
		err = c.step()
	}
	var broken violation
	switch {
	case errors.Is(err, errClosed):
		return nil
	case errors.As(err, &broken):
		c.endBroken(broken)
	}
	return err
}

// step waits for what the client sends next and handles all of it that has
// arrived whole.
func (c *conn) step() error {
	switch h, whole, err := c.input.header(); {
	case err != nil:
		return err
	case whole && h.Opcode == wsframe.Pong && check(h) == nil: // keep-alive has noticed already
		c.input.skip(h)
		return nil
	case whole && c.fits(h, 0):
		c.handleArrived(h)
		return nil
	default:
		return c.handleArriving()
	}
}

// fits says whether a frame is a whole message with nothing wrong about it that an
// intake has room for.
func (c *conn) fits(h wsframe.Header, used int) bool {
	return isWhole(h) && h.Payload <= uint64(intakeSize-used) && h.Payload <= uint64(c.limit) //nolint:gosec // sizes
}

// handleArrived handles messages that have arrived whole, publishes in a row
// together. It never waits for the client.
func (c *conn) handleArrived(h wsframe.Header) {
	in := intakes.Get().(*intake)
	defer in.release()
	for whole := true; whole && c.fits(h, in.used) && len(in.command.Publications) < command.MostTogether; h, whole, _ = c.input.next() {
		message := in.take(int(h.Payload)) //nolint:gosec // it fits
		c.input.take(h, message)
		c.handle(h.Opcode == wsframe.Text, message, &in.command)
		if !in.command.OnlyPublishes() {
			c.grown = true
			break
		}
	}
	in.command.Run(c.ctx, c.session)
}

// handleArriving handles what arrives bit by bit: a control frame, or a message that
// may be fragmented, large, or slow.
func (c *conn) handleArriving() error {
	c.grown = true
	kind, err := c.frames.begin()
	if err != nil || kind.IsControl() {
		return err
	}
	m, err := readMessage(&c.frames, c.limit)
	defer m.release()
	if errors.Is(err, errTooLarge) {
		c.refuseTooLarge()
		c.discard(true)
	}
	if err != nil {
		return err
	}
	in := intakes.Get().(*intake)
	defer in.release()
	c.handle(kind == wsframe.Text, m.data, &in.command)
	in.command.Run(c.ctx, c.session)
	return nil
}

// handle decodes one message. Text goes by itself, behind the publishes before
// it: it may change how the session speaks.
func (c *conn) handle(text bool, message []byte, pending *command.Command) {
	if c.refused {
		return
	}
	if text {
		pending.Run(c.ctx, c.session)
	}
	codec, err := c.decoder.decode(text, message, pending)
	if err != nil {
		pending.Refuse(session.Request{}, err)
		c.refused = true
		return
	}
	if codec != nil {
		c.codec = codec
		c.session.SetCodec(codec)
	}
}

// refuseTooLarge tells the client that its message is beyond the read limit,
// behind everything that is queued for it, and closes the connection.
func (c *conn) refuseTooLarge() {
	err := apierror.Newf(apierror.PayloadTooLarge, "the message is beyond the read limit of %d bytes; send less at once", c.limit)
	if f := c.codec.Failure(session.Request{}, err, true); f != nil {
		c.sendAndWait(f)
	}
	_ = c.output.writeLast(closeFrame(websocket.StatusMessageTooBig, closeText(err)), closeTimeout) // if it fails, so does reading, soon
	_ = c.output.raw.SetReadDeadline(time.Now().Add(closeTimeout))                                  // it fails on a closed connection, as does the read
}

// endBroken ends a connection whose client broke the WebSocket protocol. Nothing can
// be read any more, but to close a connection on which something is unread would take
// back the Close frame.
func (c *conn) endBroken(cause violation) {
	err := apierror.New(apierror.FrameInvalid, "the WebSocket protocol (RFC 6455) was broken: "+cause.Error())
	if c.output.writeLast(closeFrame(websocket.StatusProtocolError, closeText(err)), closeTimeout) != nil {
		return
	}
	_ = c.output.raw.SetReadDeadline(time.Now().Add(closeTimeout)) // it fails on a closed connection, as does the read
	var rest [1 << 10]byte
	for {
		if _, err := c.input.Read(rest[:]); err != nil {
			return
		}
	}
}

// sendAndWait queues a frame and waits until it has been written, for a while.
func (c *conn) sendAndWait(f *outbox.Frame) {
	written := c.output.await(f)
	c.session.Send(f)
	timeout := time.NewTimer(closeTimeout)
	defer timeout.Stop()
	select {
	case <-written:
	case <-timeout.C:
	case <-c.ctx.Done():
	}
}

// discard reads until the client closes the connection; inMessage: from within a
// message.
func (c *conn) discard(inMessage bool) {
	for {
		if inMessage {
			if _, err := io.Copy(io.Discard, &c.frames); err != nil {
				return
			}
		}
		kind, err := c.frames.begin()
		if err != nil {
			return
		}
		inMessage = !kind.IsControl()
	}
}
