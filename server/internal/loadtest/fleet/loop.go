//go:build linux

package fleet

import (
	"errors"
	"fmt"
	"time"

	"golang.org/x/sys/unix"
)

const (
	// readBytes is how much one read takes at most. It is more than a unit that a
	// wire leaves over.
	readBytes  = 256 << 10
	loopEvents = 1024
	// spin is how close to a deadline the loop waits actively at least, for the
	// kernel's timers are late by tens of microseconds.
	spin = 150 * time.Microsecond
)

// Loop serves connections. One goroutine uses it.
type Loop struct {
	began       time.Time
	epoll       int
	events      [loopEvents]unix.EpollEvent
	buffer      []byte
	connections []*Connection
	broken      error // the first failure of a connection
}

// NewLoop makes a loop without connections.
func NewLoop() (*Loop, error) {
	epoll, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		return nil, fmt.Errorf("epoll: %w", err)
	}
	return &Loop{began: time.Now(), epoll: epoll, buffer: make([]byte, readBytes)}, nil
}

// Close closes all connections, without a word to the servers.
func (l *Loop) Close() {
	for _, c := range l.connections {
		c.close()
	}
	_ = unix.Close(l.epoll)
}

// now is the time since the loop was made.
func (l *Loop) now() time.Duration { return time.Since(l.began) }

// Step is work that is done beside receiving. It returns when it wants to be
// called again; events call it earlier.
type Step func(now time.Duration) (next time.Duration)

// ErrTimeout says that something did not happen in time.
var ErrTimeout = errors.New("not done in time")

// Run receives until done says so. It fails with the first connection that does,
// and with ErrTimeout.
func (l *Loop) Run(limit time.Duration, done func() bool, steps ...Step) error {
	deadline := l.now() + limit
	for {
		now := l.now()
		if now > deadline {
			return ErrTimeout
		}
		next := now + 100*time.Millisecond
		for _, step := range steps {
			next = min(next, step(now))
		}
		if done() {
			return nil
		}
		if err := l.turn(next - l.now()); err != nil {
			return err
		}
	}
}

// RunFor receives for a time.
func (l *Loop) RunFor(d time.Duration, steps ...Step) error {
	end := l.now() + d
	return l.Run(d+time.Minute, func() bool { return l.now() >= end }, steps...)
}

// turn waits for events and handles what there are.
func (l *Loop) turn(wait time.Duration) error {
	n, err := unix.EpollWait(l.epoll, l.events[:], milliseconds(wait))
	if err != nil && !errors.Is(err, unix.EINTR) {
		return fmt.Errorf("epoll: %w", err)
	}
	for i := range max(n, 0) {
		event := &l.events[i]
		if err := l.connections[event.Fd].handle(event.Events); err != nil && l.broken == nil {
			l.broken = err
		}
	}
	return l.broken
}

// milliseconds rounds down: the rest is waited for actively.
func milliseconds(wait time.Duration) int { return int(max(0, wait-spin) / time.Millisecond) }
