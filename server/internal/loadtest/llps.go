package main

import (
	"encoding/binary"
	"errors"
)

const tenant = "~"

// llpsConnection speaks llps.v1.
type llpsConnection struct {
	*socket
	head []byte
}

func dialLLPS(s *server) (*llpsConnection, error) {
	k, err := dialSocket(s, "llps.v1")
	if err != nil {
		return nil, err
	}
	return &llpsConnection{socket: k}, nil
}

func (c *llpsConnection) subscribe(channel string) error {
	if err := c.write(opText, []byte("SUB:"+tenant+":"+channel)); err != nil {
		return err
	}
	if err := c.flush(); err != nil {
		return err
	}
	return c.expectText("OK:SUB:")
}

// publish writes a publish; at once if the run is paced.
func (c *llpsConnection) publish(channel string, payload []byte, atOnce bool) error {
	c.head = binary.BigEndian.AppendUint16(c.head[:0], uint16(len(tenant)))
	c.head = append(c.head, tenant...)
	c.head = binary.BigEndian.AppendUint16(c.head, uint16(len(channel)))
	c.head = append(c.head, channel...)
	err := c.write(opBinary, c.head, payload)
	if err == nil && atOnce {
		err = c.flush()
	}
	return err
}

func (c *llpsConnection) flush() error { return c.writer.Flush() }

var errDeliver = errors.New("a deliver frame cannot be read")

func (c *llpsConnection) receive(take func([]byte) (bool, error)) error {
	for more := true; more; {
		_, data, err := c.read()
		if err != nil {
			return err
		}
		payload, err := deliveredPayload(data)
		if err != nil {
			return err
		}
		if more, err = take(payload); err != nil {
			return err
		}
	}
	return nil
}

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
	if at+4+length > len(data) {
		return nil, errDeliver
	}
	return data[at+4 : at+4+length], nil
}
