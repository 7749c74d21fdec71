package wire

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
)

var (
	lineEnd  = []byte("\r\n")
	natsHead = []byte("MSG ")
)

// NATS speaks the client protocol of nats-server over TCP.
func NATS() Wire { return func() Conn { return new(nats) } }

type nats struct {
	opened, connected bool
}

const natsConnect = `CONNECT {"verbose":false,"pedantic":false,"lang":"go","version":"1","protocol":1,"echo":true}` + "\r\nPING\r\n"

// Hello is nothing: the server speaks first.
func (*nats) Hello(dst []byte) []byte { return dst }

// Subscribe is acknowledged by the PONG to the PING behind it.
func (*nats) Subscribe(dst []byte, number int, channel string) []byte {
	return fmt.Appendf(dst, "SUB %s %d\r\nPING\r\n", channel, number)
}

func (*nats) Unsubscribe(dst []byte, number int, _ string) []byte {
	return fmt.Appendf(dst, "UNSUB %d\r\nPING\r\n", number)
}

func (*nats) Publish(dst []byte, channel string, payload []byte) []byte {
	dst = append(append(dst, "PUB "...), channel...)
	dst = strconv.AppendInt(append(dst, ' '), int64(len(payload)), 10)
	dst = append(append(dst, lineEnd...), payload...)
	return append(dst, lineEnd...)
}

func (*nats) Room() int { return unlimited }

func (n *nats) Receive(data []byte, to Receiver) (used int, err error) {
	for {
		rest := data[used:]
		end := bytes.IndexByte(rest, '\n')
		if end < 1 {
			return checked(len(rest), used, nil)
		}
		line := rest[:end-1]
		if !bytes.HasPrefix(line, natsHead) {
			if err := n.line(line, to); err != nil {
				return used, err
			}
			used += end + 1
			continue
		}
		length, err := natsLength(line)
		if err != nil {
			return used, err
		}
		if len(rest) < end+1+length+2 {
			return checked(end+1+length+2, used, nil)
		}
		to.Message(rest[end+1 : end+1+length])
		used += end + 1 + length + 2
	}
}

var errMSG = errors.New("a MSG line cannot be read")

// natsLength is the last word of a MSG line.
func natsLength(line []byte) (int, error) {
	length, digits := 0, line[bytes.LastIndexByte(line, ' ')+1:]
	if len(digits) == 0 || len(digits) > 8 {
		return 0, errMSG
	}
	for _, digit := range digits {
		if digit < '0' || digit > '9' {
			return 0, errMSG
		}
		length = length*10 + int(digit-'0')
	}
	return length, nil
}

func (n *nats) line(line []byte, to Receiver) error {
	switch {
	case bytes.HasPrefix(line, []byte("INFO ")):
		if !n.connected {
			n.connected = true
			to.Reply([]byte(natsConnect))
		}
	case bytes.Equal(line, []byte("PING")):
		to.Reply([]byte("PONG\r\n"))
	case bytes.Equal(line, []byte("PONG")) && !n.opened:
		n.opened = true
		to.Opened()
	case bytes.Equal(line, []byte("PONG")):
		to.Acknowledged(1)
	default:
		return fmt.Errorf("the server said %q", line)
	}
	return nil
}
