package main

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"net"
	"net/http"
	"strings"
)

// opcodes of RFC 6455.
const (
	opText   = 1
	opBinary = 2
	opPing   = 9
	opPong   = 10
)

// socket is a WebSocket connection whose frames are written and read by hand.
type socket struct {
	net.Conn
	reader *bufio.Reader
	writer *bufio.Writer
}

// dialSocket shakes hands; the key of the handshake is not checked, the server
// is known.
func dialSocket(s *server, protocol string) (*socket, error) {
	conn, err := net.Dial("tcp", s.HTTP)
	if err != nil {
		return nil, err
	}
	k := &socket{Conn: conn, reader: bufio.NewReaderSize(conn, 64<<10), writer: bufio.NewWriterSize(conn, 64<<10)}
	fmt.Fprintf(k.writer, "GET /ws HTTP/1.1\r\nHost: %s\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"+
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n"+
		"Sec-WebSocket-Protocol: %s\r\nAuthorization: Bearer %s\r\n\r\n", s.HTTP, protocol, s.AccessToken)
	if err := k.writer.Flush(); err != nil {
		return nil, err
	}
	response, err := http.ReadResponse(k.reader, nil)
	if err != nil {
		return nil, err
	}
	if response.StatusCode != http.StatusSwitchingProtocols {
		return nil, fmt.Errorf("the upgrade was answered with %s", response.Status)
	}
	return k, nil
}

// write writes a frame with the mask key 0, which leaves the bytes as they are.
func (k *socket) write(opcode byte, parts ...[]byte) error {
	length := 0
	for _, part := range parts {
		length += len(part)
	}
	header := make([]byte, 0, 14)
	header = append(header, 0x80|opcode)
	switch {
	case length < 126:
		header = append(header, 0x80|byte(length))
	case length < 1<<16:
		header = binary.BigEndian.AppendUint16(append(header, 0x80|126), uint16(length))
	default:
		header = binary.BigEndian.AppendUint64(append(header, 0x80|127), uint64(length))
	}
	_, err := k.writer.Write(append(header, 0, 0, 0, 0))
	for _, part := range parts {
		if err == nil {
			_, err = k.writer.Write(part)
		}
	}
	return err
}

// read reads the next data frame, which is valid until the next call, and
// answers pings.
func (k *socket) read() (opcode byte, data []byte, err error) {
	for {
		opcode, data, err = k.readFrame()
		if err != nil || opcode == opText || opcode == opBinary {
			return opcode, data, err
		}
		if opcode != opPing {
			return 0, nil, fmt.Errorf("unexpected frame, opcode %d: %q", opcode, data)
		}
		if err := k.write(opPong, data); err != nil {
			return 0, nil, err
		}
		if err := k.writer.Flush(); err != nil {
			return 0, nil, err
		}
	}
}

func (k *socket) readFrame() (byte, []byte, error) {
	head, err := k.reader.Peek(2)
	if err != nil {
		return 0, nil, err
	}
	opcode, length, size := head[0]&15, int(head[1]), 2
	if length >= 126 {
		size = map[int]int{126: 4, 127: 10}[length]
		if head, err = k.reader.Peek(size); err != nil {
			return 0, nil, err
		}
		if size == 4 {
			length = int(binary.BigEndian.Uint16(head[2:]))
		} else {
			length = int(binary.BigEndian.Uint64(head[2:]))
		}
	}
	if size+length <= k.reader.Size() {
		whole, err := k.reader.Peek(size + length)
		if err != nil {
			return 0, nil, err
		}
		_, err = k.reader.Discard(size + length)
		return opcode, whole[size:], err
	}
	return 0, nil, fmt.Errorf("a frame of %d bytes is larger than expected", length)
}

// expectText reads a text frame with the given start.
func (k *socket) expectText(start string) error {
	_, data, err := k.read()
	if err == nil && !strings.HasPrefix(string(data), start) {
		err = fmt.Errorf("got %q, expected %q", data, start)
	}
	return err
}

func (k *socket) close() { _ = k.Conn.Close() }
