//go:build linux

package systems

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"sync/atomic"

	"github.com/fastpubsub/fastpubsub/server/internal/loadtest/wire"
)

// EchoCommand and RelayCommand are the arguments with which this program is an echo
// server, and a relay.
const (
	EchoCommand  = "echo"
	RelayCommand = "relay"
)

// EchoServer is the least that a WebSocket server can do: a goroutine for each
// connection that reads a frame and writes it back.
func EchoServer() System { return bareServer(Echo, EchoCommand) }

// RelayServer is the least that takes a message from one connection to another: the
// echo server, but what is published it writes to who has subscribed last.
func RelayServer() System { return bareServer(Relay, RelayCommand) }

func bareServer(name, command string) System {
	return System{Name: name, start: func(cpus []int, _ []string) (*Server, error) {
		self, err := os.Executable()
		if err != nil {
			return nil, err
		}
		p, err := start(cpus, func(string) (*exec.Cmd, error) { return exec.Command(self, command), nil })
		if err != nil {
			return nil, err
		}
		address := ""
		err = p.awaitFile(echoFile, func(data []byte) error {
			address = string(data)
			_, _, err := net.SplitHostPort(address)
			return err
		})
		return serverOf(p, address, wire.Echo(address), err)
	}}
}

// echoFile is where an echo server says its address, in its working directory.
const echoFile = "address"

// ServeEcho is the echo server, or the relay. It ends with its process.
func ServeEcho(command string) error {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	if err := os.WriteFile(echoFile, []byte(listener.Addr().String()), 0o600); err != nil {
		return err
	}
	e := &echo{relays: command == RelayCommand}
	return e.serve(listener)
}

type echo struct {
	relays     bool
	subscriber atomic.Pointer[net.Conn] // who has sent a text frame last
}

// target is where a frame goes that has come from a connection.
func (e *echo) target(from net.Conn, head byte) net.Conn {
	const opcode, text = 15, 1
	if head&opcode == text {
		e.subscriber.Store(&from)
	} else if to := e.subscriber.Load(); e.relays && to != nil {
		return *to
	}
	return from
}

func (e *echo) serve(listener net.Listener) error {
	for {
		conn, err := listener.Accept()
		if err != nil {
			return err
		}
		go func() {
			defer conn.Close()
			_ = e.frames(conn) // its client went away
		}()
	}
}

// frames shakes hands without checking, and writes short frames without their masks.
func (e *echo) frames(conn net.Conn) error {
	reader := bufio.NewReaderSize(conn, 64<<10)
	if _, err := http.ReadRequest(reader); err != nil {
		return err
	}
	if _, err := io.WriteString(conn, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"); err != nil {
		return err
	}
	frame := make([]byte, 0, 64<<10)
	for {
		head, err := reader.Peek(2)
		if err != nil {
			return err
		}
		length, size := int(head[1]&127), 2
		if length == 126 {
			if head, err = reader.Peek(4); err != nil {
				return err
			}
			length, size = int(binary.BigEndian.Uint16(head[2:])), 4
		}
		whole, err := reader.Peek(size + 4 + length)
		if err != nil {
			return fmt.Errorf("a frame of %d bytes: %w", length, err)
		}
		frame = append(append(frame[:0], head[0]), head[1]&127)
		frame = append(frame, head[2:size]...)
		mask := whole[size : size+4]
		for i, b := range whole[size+4:] {
			frame = append(frame, b^mask[i&3])
		}
		if _, err := reader.Discard(len(whole)); err != nil {
			return err
		}
		if _, err := e.target(conn, frame[0]).Write(frame); err != nil {
			return err
		}
	}
}
