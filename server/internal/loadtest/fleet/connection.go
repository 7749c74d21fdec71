//go:build linux

package fleet

import (
	"errors"
	"fmt"
	"net/netip"
	"time"

	"golang.org/x/sys/unix"

	"github.com/fastpubsub/fastpubsub/server/internal/loadtest/wire"
)

// Connection is one client.
type Connection struct {
	wire.Conn
	loop     *Loop
	fd       int
	index    int32
	interest uint32 // what epoll is asked for
	out      []byte // not yet written
	rest     []byte // received, not yet understood
	opened   bool
	// acknowledged counts the commands that the server has confirmed.
	acknowledged int
	// read is when what is being handled was read.
	read time.Duration
	// take gets each message.
	take func(c *Connection, payload []byte)
	// onOpen is called when commands may be sent.
	onOpen func(c *Connection)
	// onAcknowledged is called after each confirmation.
	onAcknowledged func(c *Connection)
	closed         bool
}

// dial begins to connect.
func (l *Loop) dial(address netip.AddrPort, w wire.Wire) (*Connection, error) {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, fmt.Errorf("socket: %w", err)
	}
	c := &Connection{Conn: w(), loop: l, fd: fd, index: int32(len(l.connections)), interest: unix.EPOLLIN | unix.EPOLLOUT}
	l.connections = append(l.connections, c)
	_ = unix.SetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_NODELAY, 1)
	// Closing resets the connection, so that ports are free again at once.
	_ = unix.SetsockoptLinger(fd, unix.SOL_SOCKET, unix.SO_LINGER, &unix.Linger{Onoff: 1})
	err = unix.Connect(fd, &unix.SockaddrInet4{Port: int(address.Port()), Addr: address.Addr().As4()})
	if err != nil && !errors.Is(err, unix.EINPROGRESS) {
		return nil, fmt.Errorf("connect: %w", err)
	}
	c.out = c.Hello(c.out)
	return c, unix.EpollCtl(l.epoll, unix.EPOLL_CTL_ADD, fd, &unix.EpollEvent{Events: c.interest, Fd: c.index})
}

func (c *Connection) close() {
	if !c.closed {
		c.closed = true
		_ = unix.Close(c.fd) // which takes it out of epoll, too
	}
}

func (c *Connection) want(events uint32) error {
	if c.interest == events {
		return nil
	}
	c.interest = events
	return unix.EpollCtl(c.loop.epoll, unix.EPOLL_CTL_MOD, c.fd, &unix.EpollEvent{Events: events, Fd: c.index})
}

func (c *Connection) handle(events uint32) error {
	if c.closed || c.interest == 0 {
		return nil
	}
	err := error(nil)
	if events&unix.EPOLLOUT != 0 {
		err = c.flush()
	}
	if err == nil && events&^unix.EPOLLOUT != 0 {
		err = c.receive()
	}
	if err != nil {
		c.close()
		return fmt.Errorf("connection %d: %w", c.index, err)
	}
	return nil
}

// flush writes what it can, and asks to be told when it can write the rest.
func (c *Connection) flush() error {
	for len(c.out) > 0 {
		n, err := unix.Write(c.fd, c.out)
		switch {
		case errors.Is(err, unix.EAGAIN), errors.Is(err, unix.ENOTCONN):
			return c.want(unix.EPOLLIN | unix.EPOLLOUT)
		case errors.Is(err, unix.EINTR):
			continue
		case err != nil:
			return fmt.Errorf("write: %w", err)
		}
		c.out = c.out[:copy(c.out, c.out[n:])]
	}
	return c.want(unix.EPOLLIN)
}

var errEnded = errors.New("the server ended the connection")

// receive reads once and gives the wire what there is.
func (c *Connection) receive() error {
	buffer := c.loop.buffer
	kept := copy(buffer, c.rest)
	n, err := unix.Read(c.fd, buffer[kept:])
	switch {
	case errors.Is(err, unix.EAGAIN), errors.Is(err, unix.EINTR):
		return nil
	case err != nil:
		return fmt.Errorf("read: %w", err)
	case n == 0:
		return errEnded
	}
	c.read = c.loop.now()
	data := buffer[:kept+n]
	used, err := c.Receive(data, c)
	if err != nil {
		return err
	}
	if left := data[used:]; len(left) > 0 || c.rest != nil {
		c.rest = append(c.rest[:0], left...)
	}
	if len(c.out) > 0 && c.interest&unix.EPOLLOUT == 0 {
		return c.flush()
	}
	return nil
}

// Opened implements wire.Receiver.
func (c *Connection) Opened() {
	c.opened = true
	if c.onOpen != nil {
		c.onOpen(c)
	}
}

// Acknowledged implements wire.Receiver.
func (c *Connection) Acknowledged(commands int) {
	c.acknowledged += commands
	if c.onAcknowledged != nil {
		c.onAcknowledged(c)
	}
}

// Message implements wire.Receiver.
func (c *Connection) Message(payload []byte) {
	if c.take != nil {
		c.take(c, payload)
	}
}

// Reply implements wire.Receiver.
func (c *Connection) Reply(data []byte) { c.out = append(c.out, data...) }

// Stall stops reading for good.
func (c *Connection) Stall() error { return c.want(0) }

// Ended has a stalled connection read again, without checking what it gets, and
// says whether the server ends it, or the call on it, within a time: why, or nil.
func (c *Connection) Ended(within time.Duration) (why error) {
	c.take = nil
	for deadline := c.loop.now() + within; c.loop.now() < deadline; time.Sleep(100 * time.Microsecond) {
		if why := c.receive(); why != nil {
			return why
		}
	}
	return nil
}

// Command subscribes to a channel or unsubscribes from it. A failure to write
// shows when the connection is read next.
func (c *Connection) Command(subscribe bool, channel string) {
	if subscribe {
		c.out = c.Subscribe(c.out, 1, channel)
	} else {
		c.out = c.Unsubscribe(c.out, 1, channel)
	}
	_ = c.flush()
}

// Confirmed is how many commands the server has confirmed.
func (c *Connection) Confirmed() int { return c.acknowledged }
