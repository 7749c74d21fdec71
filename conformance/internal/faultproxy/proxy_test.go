package faultproxy

import (
	"bufio"
	"net"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

// echo serves lines, each answered with a prefix.
func echo(t *testing.T, prefix string) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				lines := bufio.NewScanner(c)
				for lines.Scan() {
					_, _ = c.Write([]byte(prefix + lines.Text() + "\n"))
				}
			}()
		}
	}()
	return l.Addr().String()
}

type client struct {
	net.Conn
	lines *bufio.Reader
}

func dial(t *testing.T, p *Proxy) client {
	c, err := net.Dial("tcp", p.Addr())
	require.NoError(t, err)
	t.Cleanup(func() { _ = c.Close() })
	return client{c, bufio.NewReader(c)}
}

func (c client) ask(t *testing.T, line string) string {
	_, err := c.Write([]byte(line + "\n"))
	require.NoError(t, err)
	answer, err := c.lines.ReadString('\n')
	require.NoError(t, err)
	return answer
}

func newProxy(t *testing.T, target string) *Proxy {
	before := goleak.IgnoreCurrent()
	p, err := New(target)
	require.NoError(t, err)
	t.Cleanup(func() { goleak.VerifyNone(t, before) })
	t.Cleanup(p.Close)
	return p
}

// TestTargets serves new connections by the target of the moment.
func TestTargets(t *testing.T) {
	p := newProxy(t, echo(t, "1:"))
	first := dial(t, p)
	assert.Equal(t, "1:a\n", first.ask(t, "a"))
	p.SetTarget(echo(t, "2:"))
	assert.Equal(t, "1:b\n", first.ask(t, "b"), "a live connection stays where it is")
	assert.Equal(t, "2:c\n", dial(t, p).ask(t, "c"))
	assert.Equal(t, 2, p.Accepted())
	assert.Equal(t, 2, p.Open())
	p.SetTarget("")
	assert.Error(t, p.refusal())
	p.SetTarget("127.0.0.1:1")
	assert.Error(t, p.refusal())
}

// TestTargetsTakeTurns serves new connections by one target after the other.
func TestTargetsTakeTurns(t *testing.T) {
	p := newProxy(t, "")
	p.SetTargets(echo(t, "1:"), echo(t, "2:"))
	served := map[string]int{}
	for range 4 {
		served[dial(t, p).ask(t, "a")]++
	}
	assert.Equal(t, map[string]int{"1:a\n": 2, "2:a\n": 2}, served)
}

// refusal is how a connection ends that gets no server: while it is made, or
// right afterwards.
func (p *Proxy) refusal() error {
	c, err := net.Dial("tcp", p.Addr())
	if err != nil {
		return err
	}
	defer c.Close()
	_, err = c.Read(make([]byte, 1))
	return err
}

// TestCut ends what is open, and nothing else.
func TestCut(t *testing.T) {
	p := newProxy(t, echo(t, ""))
	c := dial(t, p)
	c.ask(t, "a")
	p.Cut()
	_, err := c.lines.ReadString('\n')
	assert.Error(t, err)
	assert.Equal(t, "b\n", dial(t, p).ask(t, "b"))
}

// TestAwait waits for ends and for beginnings, or until its time is over.
func TestAwait(t *testing.T) {
	p := newProxy(t, echo(t, ""))
	assert.Zero(t, p.AwaitClosed(time.Minute), "there is none")
	c := dial(t, p)
	c.ask(t, "a")
	assert.Equal(t, 1, p.AwaitClosed(20*time.Millisecond))
	assert.Equal(t, 1, p.AwaitAccepted(2, 20*time.Millisecond))
	another := make(chan int)
	go func() { another <- p.AwaitAccepted(2, time.Minute) }()
	d := dial(t, p)
	d.ask(t, "a")
	assert.Equal(t, 2, <-another)
	open := make(chan int)
	go func() { open <- p.AwaitClosed(time.Minute) }()
	require.NoError(t, c.Close())
	require.NoError(t, d.Close())
	assert.Zero(t, <-open)
}

// TestStall holds everything back, and loses nothing.
func TestStall(t *testing.T) {
	p := newProxy(t, echo(t, ""))
	c := dial(t, p)
	c.ask(t, "a")
	p.Stall()
	assert.False(t, p.AwaitHeld(20*time.Millisecond))
	_, err := c.Write([]byte("b\n"))
	require.NoError(t, err)
	assert.True(t, p.AwaitHeld(time.Minute))
	require.NoError(t, c.SetReadDeadline(time.Now().Add(50*time.Millisecond)))
	_, err = c.lines.ReadByte()
	require.Error(t, err)
	require.NoError(t, c.SetReadDeadline(time.Time{}))
	p.Resume()
	answer, err := c.lines.ReadString('\n')
	require.NoError(t, err)
	assert.Equal(t, "b\n", answer)
}

// TestDelay takes its time.
func TestDelay(t *testing.T) {
	p := newProxy(t, echo(t, ""))
	c := dial(t, p)
	c.ask(t, "a")
	p.Delay(30 * time.Millisecond)
	began := time.Now()
	c.ask(t, "b")
	assert.GreaterOrEqual(t, time.Since(began), 60*time.Millisecond)
}

// TestHalfClose passes the end of one direction on.
func TestHalfClose(t *testing.T) {
	p := newProxy(t, echo(t, ""))
	c := dial(t, p)
	_, err := c.Write([]byte("a\n"))
	require.NoError(t, err)
	require.NoError(t, c.Conn.(*net.TCPConn).CloseWrite())
	answer, err := c.lines.ReadString('\n')
	require.NoError(t, err)
	assert.Equal(t, "a\n", answer)
	_, err = c.lines.ReadByte()
	assert.Error(t, err)
}
