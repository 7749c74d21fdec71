package wire

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"
)

const (
	http2HeaderBytes = 9
	grpcPrefixBytes  = 5
	streamID         = 1

	// http2Window is the client's receive window of the stream and of the
	// connection: no narrower than what TCP itself allows on one machine.
	http2Window = 4 << 20
	// http2DefaultWindow is RFC 9113's, in force until a peer says otherwise.
	http2DefaultWindow = 1<<16 - 1
)

// grpcHello opens a connection and a call of the method.
func grpcHello(host, method, token string) []byte {
	var hello bytes.Buffer
	hello.WriteString(http2.ClientPreface)
	framer := http2.NewFramer(&hello, nil)
	var block bytes.Buffer
	encoder := hpack.NewEncoder(&block)
	for _, field := range []hpack.HeaderField{
		{Name: ":method", Value: "POST"},
		{Name: ":scheme", Value: "http"},
		{Name: ":path", Value: method},
		{Name: ":authority", Value: host},
		{Name: "content-type", Value: "application/grpc"},
		{Name: "te", Value: "trailers"},
		{Name: "authorization", Value: "Bearer " + token},
	} {
		_ = encoder.WriteField(field) // a buffer takes everything
	}
	_ = framer.WriteSettings(http2.Setting{ID: http2.SettingEnablePush, Val: 0}, http2.Setting{ID: http2.SettingInitialWindowSize, Val: http2Window})
	_ = framer.WriteWindowUpdate(0, http2Window-http2DefaultWindow)
	_ = framer.WriteHeaders(http2.HeadersFrameParam{StreamID: streamID, BlockFragment: block.Bytes(), EndHeaders: true})
	return hello.Bytes()
}

func appendHTTP2Header(dst []byte, length int, kind http2.FrameType, flags http2.Flags, stream uint32) []byte {
	dst = append(dst, byte(length>>16), byte(length>>8), byte(length), byte(kind), byte(flags))
	return binary.BigEndian.AppendUint32(dst, stream)
}

func appendWindowUpdate(dst []byte, stream, bytes uint32) []byte {
	return binary.BigEndian.AppendUint32(appendHTTP2Header(dst, 4, http2.FrameWindowUpdate, 0, stream), bytes)
}

// http2Conn is one HTTP/2 connection with one stream.
type http2Conn struct {
	received             int // bytes of DATA, not yet given back to the peer
	connectionRoom, room int // what the peer lets this side send
	initialRoom          int // of a stream, by the peer's settings
	headers              *hpack.Decoder
}

func newHTTP2() http2Conn {
	return http2Conn{connectionRoom: http2DefaultWindow, room: http2DefaultWindow, initialRoom: http2DefaultWindow}
}

// receive calls take for the content of each DATA frame.
func (c *http2Conn) receive(data []byte, to Receiver, take func([]byte) error) (used int, err error) {
	for len(data)-used >= http2HeaderBytes {
		head := data[used:]
		length := int(head[0])<<16 | int(head[1])<<8 | int(head[2])
		if len(head) < http2HeaderBytes+length {
			return checked(http2HeaderBytes+length, used, nil)
		}
		body := head[http2HeaderBytes : http2HeaderBytes+length]
		used += http2HeaderBytes + length
		kind, flags := http2.FrameType(head[3]), http2.Flags(head[4])
		if kind == http2.FrameData {
			err = c.data(body, flags, to, take)
		} else {
			err = c.other(kind, flags, binary.BigEndian.Uint32(head[5:]), body, to)
		}
		if err != nil {
			return used, err
		}
	}
	return used, nil
}

var errHTTP2 = errors.New("an HTTP/2 frame cannot be read")

func (c *http2Conn) data(body []byte, flags http2.Flags, to Receiver, take func([]byte) error) error {
	if c.received += len(body); c.received >= http2Window/2 {
		update := appendWindowUpdate(nil, 0, uint32(c.received))
		to.Reply(appendWindowUpdate(update, streamID, uint32(c.received)))
		c.received = 0
	}
	if flags.Has(http2.FlagDataPadded) {
		if len(body) == 0 || len(body) <= int(body[0]) {
			return errHTTP2
		}
		body = body[1 : len(body)-int(body[0])]
	}
	if err := take(body); err != nil {
		return err
	}
	if flags.Has(http2.FlagDataEndStream) {
		return errors.New("the server ended the stream")
	}
	return nil
}

func (c *http2Conn) other(kind http2.FrameType, flags http2.Flags, stream uint32, body []byte, to Receiver) error {
	switch kind {
	case http2.FrameHeaders:
		return c.header(body, flags)
	case http2.FrameSettings:
		return c.settings(body, flags, to)
	case http2.FramePing:
		if !flags.Has(http2.FlagPingAck) {
			to.Reply(append(appendHTTP2Header(nil, len(body), http2.FramePing, http2.FlagPingAck, 0), body...))
		}
	case http2.FrameWindowUpdate:
		if len(body) != 4 {
			return errHTTP2
		}
		if stream == 0 {
			c.connectionRoom += int(binary.BigEndian.Uint32(body))
		} else {
			c.room += int(binary.BigEndian.Uint32(body))
		}
	case http2.FrameRSTStream, http2.FrameGoAway:
		return fmt.Errorf("the server sent %v: %q", kind, body)
	}
	return nil
}

// settings takes the peer's windows and acknowledges.
func (c *http2Conn) settings(body []byte, flags http2.Flags, to Receiver) error {
	if flags.Has(http2.FlagSettingsAck) {
		return nil
	}
	if len(body)%6 != 0 {
		return errHTTP2
	}
	for ; len(body) > 0; body = body[6:] {
		if http2.SettingID(binary.BigEndian.Uint16(body)) == http2.SettingInitialWindowSize {
			size := int(binary.BigEndian.Uint32(body[2:]))
			c.room += size - c.initialRoom
			c.initialRoom = size
		}
	}
	to.Reply(appendHTTP2Header(nil, 0, http2.FrameSettings, http2.FlagSettingsAck, 0))
	return nil
}

// header reads a header block, which ends the stream if it is a trailer.
func (c *http2Conn) header(body []byte, flags http2.Flags) error {
	if c.headers == nil {
		c.headers = hpack.NewDecoder(4096, nil)
	}
	fields, err := c.headers.DecodeFull(body)
	if err != nil {
		return err
	}
	if flags.Has(http2.FlagHeadersEndStream) {
		return fmt.Errorf("the server ended the call: %v", fields)
	}
	return nil
}
