package wire

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
)

// Opcodes of RFC 6455.
const (
	opContinuation = 0
	opText         = 1
	opBinary       = 2
	opClose        = 8
	opPing         = 9
	opPong         = 10
	finalBit       = 0x80
	maskBit        = 0x80
)

// upgrade is the client's side of the opening handshake. The key is fixed and
// its answer is not checked: the server is known.
type upgrade struct {
	request []byte
	done    bool
}

func newUpgrade(host, path, protocol, token string) upgrade {
	request := fmt.Appendf(nil, "GET %s HTTP/1.1\r\nHost: %s\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"+
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n", path, host)
	if protocol != "" {
		request = fmt.Appendf(request, "Sec-WebSocket-Protocol: %s\r\n", protocol)
	}
	if token != "" {
		request = fmt.Appendf(request, "Authorization: Bearer %s\r\n", token)
	}
	return upgrade{request: append(request, "\r\n"...)}
}

// Hello is the request to upgrade.
func (u *upgrade) Hello(dst []byte) []byte { return append(dst, u.request...) }

// receive reads the answer to the upgrade, which it tells opened unless that is
// nil, and calls take for each whole data frame behind it.
func (u *upgrade) receive(data []byte, to Receiver, opened func(), take func(opcode byte, data []byte) error) (used int, err error) {
	begin := 0
	if !u.done {
		if begin, err = u.answer(data); err != nil || !u.done {
			return 0, err
		}
		if opened != nil {
			opened()
		}
	}
	used, err = receiveFrames(data[begin:], to, take)
	return begin + used, err
}

// answer reads the answer to the upgrade. used is 0 while it is not whole.
func (u *upgrade) answer(data []byte) (used int, err error) {
	end := bytes.Index(data, []byte("\r\n\r\n"))
	if end < 0 {
		return 0, nil
	}
	if !bytes.HasPrefix(data, []byte("HTTP/1.1 101 ")) {
		line, _, _ := bytes.Cut(data, []byte("\r\n"))
		return 0, fmt.Errorf("the upgrade was answered with %q", line)
	}
	u.done = true
	return end + 4, nil
}

// appendHeader writes the header of a client's frame. The mask key is 0, which
// leaves the bytes as they are.
func appendHeader(dst []byte, opcode byte, length int) []byte {
	dst = append(dst, finalBit|opcode)
	switch {
	case length < 126:
		dst = append(dst, maskBit|byte(length))
	case length < 1<<16:
		dst = binary.BigEndian.AppendUint16(append(dst, maskBit|126), uint16(length))
	default:
		dst = binary.BigEndian.AppendUint64(append(dst, maskBit|127), uint64(length))
	}
	return append(dst, 0, 0, 0, 0)
}

func appendFrame(dst []byte, opcode byte, data []byte) []byte {
	return append(appendHeader(dst, opcode, len(data)), data...)
}

var (
	errFragment = errors.New("the server sent a fragmented message")
	errMasked   = errors.New("the server sent a masked frame")
)

// header is a server's frame header.
type header struct {
	opcode byte
	size   int // of the header itself; 0: not whole
	length int // of what follows
}

func readHeader(data []byte) (header, error) {
	if len(data) < 2 {
		return header{}, nil
	}
	h := header{opcode: data[0] & 15, size: 2, length: int(data[1] & 127)}
	if data[1]&maskBit != 0 {
		return header{}, errMasked
	}
	if data[0]&finalBit == 0 || h.opcode == opContinuation {
		return header{}, errFragment
	}
	switch {
	case h.length == 126 && len(data) >= 4:
		h.size, h.length = 4, int(binary.BigEndian.Uint16(data[2:]))
	case h.length == 127 && len(data) >= 10:
		length := binary.BigEndian.Uint64(data[2:])
		if length > 1<<40 {
			return header{}, errTooLarge
		}
		h.size, h.length = 10, int(length)
	case h.length >= 126:
		return header{}, nil
	}
	return h, nil
}

// control handles a control frame that arrived whole.
func control(opcode byte, data []byte, to Receiver) error {
	switch opcode {
	case opPing:
		to.Reply(appendFrame(nil, opPong, data))
		return nil
	case opPong:
		return nil
	case opClose:
		if len(data) >= 2 {
			return fmt.Errorf("the server closed: code %d, %q", binary.BigEndian.Uint16(data), data[2:])
		}
		return errors.New("the server closed")
	default:
		return fmt.Errorf("unexpected frame with opcode %d", opcode)
	}
}

// receiveFrames calls take for each whole data frame.
func receiveFrames(data []byte, to Receiver, take func(opcode byte, data []byte) error) (used int, err error) {
	for {
		h, err := readHeader(data[used:])
		if err != nil {
			return used, err
		}
		if h.size == 0 || len(data)-used < h.size+h.length {
			return checked(h.size+h.length, used, nil)
		}
		frame := data[used+h.size : used+h.size+h.length]
		used += h.size + h.length
		if h.opcode == opBinary || h.opcode == opText {
			err = take(h.opcode, frame)
		} else {
			err = control(h.opcode, frame, to)
		}
		if err != nil {
			return used, err
		}
	}
}
