package wire

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
)

// Redis speaks RESP2.
func Redis() Wire { return func() Conn { return new(redis) } }

type redis struct{ opened bool }

// Hello is a PING, so that it is known when the server has taken the connection.
func (*redis) Hello(dst []byte) []byte { return append(dst, "PING\r\n"...) }

func (*redis) Subscribe(dst []byte, _ int, channel string) []byte {
	return fmt.Appendf(dst, "SUBSCRIBE %s\r\n", channel)
}

func (*redis) Unsubscribe(dst []byte, _ int, channel string) []byte {
	return fmt.Appendf(dst, "UNSUBSCRIBE %s\r\n", channel)
}

func (*redis) Publish(dst []byte, channel string, payload []byte) []byte {
	dst = append(dst, "*3\r\n$7\r\nPUBLISH\r\n"...)
	dst = appendBulk(dst, []byte(channel))
	return appendBulk(dst, payload)
}

func appendBulk(dst, data []byte) []byte {
	dst = strconv.AppendInt(append(dst, '$'), int64(len(data)), 10)
	dst = append(append(dst, lineEnd...), data...)
	return append(dst, lineEnd...)
}

func (*redis) Room() int { return unlimited }

func (r *redis) Receive(data []byte, to Receiver) (used int, err error) {
	for {
		n, err := r.reply(data[used:], to)
		if err != nil || n == 0 {
			return checked(len(data)-used, used, err)
		}
		used += n
	}
}

var errRESP = errors.New("a reply cannot be read")

// reply reads one reply. size is 0 while it is not whole.
func (r *redis) reply(data []byte, to Receiver) (size int, err error) {
	line, size := respLine(data)
	if size == 0 {
		return 0, nil
	}
	switch {
	case len(line) == 0:
		return 0, errRESP
	case line[0] == '+' && !r.opened:
		r.opened = true
		to.Opened()
		return size, nil
	case line[0] == ':': // how many got a message
		return size, nil
	case string(line) == "*3":
		return r.push(data, size, to)
	default:
		return 0, fmt.Errorf("the server said %q", line)
	}
}

// push reads what a subscriber gets, three parts: kind, channel, and payload or
// number of subscriptions.
func (r *redis) push(data []byte, at int, to Receiver) (size int, err error) {
	kind, at, err := respBulk(data, at)
	if err != nil || at == 0 {
		return 0, err
	}
	if _, at, err = respBulk(data, at); err != nil || at == 0 {
		return 0, err
	}
	if string(kind) == "message" {
		payload, at, err := respBulk(data, at)
		if err == nil && at > 0 {
			to.Message(payload)
		}
		return at, err
	}
	line, n := respLine(data[at:])
	if n == 0 {
		return 0, nil
	}
	if len(line) == 0 || line[0] != ':' {
		return 0, errRESP
	}
	to.Acknowledged(1)
	return at + n, nil
}

// respLine is a line without its end, and its size with it; 0: it is not whole.
func respLine(data []byte) (line []byte, size int) {
	end := bytes.IndexByte(data, '\n')
	if end < 1 {
		return nil, 0
	}
	return data[:end-1], end + 1
}

// respBulk is the bulk string at a place, and where the next thing begins; 0: it
// is not whole.
func respBulk(data []byte, at int) (bulk []byte, next int, err error) {
	line, size := respLine(data[at:])
	if size == 0 {
		return nil, 0, nil
	}
	if len(line) < 2 || line[0] != '$' || len(line) > 9 {
		return nil, 0, errRESP
	}
	length := 0
	for _, digit := range line[1:] {
		if digit < '0' || digit > '9' {
			return nil, 0, errRESP
		}
		length = length*10 + int(digit-'0')
	}
	begin := at + size
	if len(data)-begin < length+2 {
		return nil, 0, nil
	}
	return data[begin : begin+length], begin + length + 2, nil
}
