package wire

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
)

// tenant of everything that is measured.
const tenant = "~"

// LLPS speaks llps.v1.
func LLPS(host, token string) Wire {
	opening := newUpgrade(host, "/ws", "llps.v1", token)
	return func() Conn { return &llps{upgrade: opening} }
}

type llps struct {
	upgrade
	to Receiver // during Receive
}

func (c *llps) Subscribe(dst []byte, _ int, channel string) []byte {
	return appendCommand(dst, "SUB:"+tenant+":", channel)
}

func (c *llps) Unsubscribe(dst []byte, _ int, channel string) []byte {
	return appendCommand(dst, "UNSUB:"+tenant+":", channel)
}

func appendCommand(dst []byte, command, channel string) []byte {
	dst = appendHeader(dst, opText, len(command)+len(channel))
	return append(append(dst, command...), channel...)
}

func (c *llps) Publish(dst []byte, channel string, payload []byte) []byte {
	dst = appendHeader(dst, opBinary, 2+len(tenant)+2+len(channel)+len(payload))
	dst = binary.BigEndian.AppendUint16(dst, uint16(len(tenant)))
	dst = append(dst, tenant...)
	dst = binary.BigEndian.AppendUint16(dst, uint16(len(channel)))
	dst = append(dst, channel...)
	return append(dst, payload...)
}

func (*llps) Room() int { return unlimited }

func (c *llps) Receive(data []byte, to Receiver) (int, error) {
	c.to = to
	return c.receive(data, to, to.Opened, c.frame)
}

func (c *llps) frame(opcode byte, data []byte) error {
	if opcode == opText {
		if bytes.HasPrefix(data, []byte("OK:")) {
			c.to.Acknowledged(1)
			return nil
		}
		if bytes.HasPrefix(data, []byte("ERR:slow_consumer:")) { // something was dropped: the messages' numbers tell
			return nil
		}
		return fmt.Errorf("the server said %q", data)
	}
	payload, err := deliveredPayload(data)
	if err == nil {
		c.to.Message(payload)
	}
	return err
}

var errDeliver = errors.New("a deliver frame cannot be read")

// deliveredPayload is the payload of a deliver frame.
func deliveredPayload(data []byte) ([]byte, error) {
	if len(data) < 3 || data[0] != 1 {
		return nil, errDeliver
	}
	at := 1
	for range 2 { // tenant and channel
		at += 2 + int(binary.BigEndian.Uint16(data[at:]))
		if at+4 > len(data) {
			return nil, errDeliver
		}
	}
	length := int(binary.BigEndian.Uint32(data[at:]))
	if length > len(data)-at-4 {
		return nil, errDeliver
	}
	return data[at+4 : at+4+length], nil
}
