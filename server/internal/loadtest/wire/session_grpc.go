package wire

import (
	"encoding/binary"
	"errors"

	"golang.org/x/net/http2"

	fastpubsubv1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/v1"
)

// SessionGRPC speaks the session protocol over gRPC, a connection for each call.
func SessionGRPC(host, token string) Wire {
	hello := grpcHello(host, fastpubsubv1.PubSubService_Session_FullMethodName, token)
	return func() Conn { return &sessionGRPC{hello: hello, http2Conn: newHTTP2()} }
}

type sessionGRPC struct {
	http2Conn
	hello  []byte
	pieces pieces
	to     Receiver // during Receive
}

func (c *sessionGRPC) Hello(dst []byte) []byte { return append(dst, c.hello...) }

func (c *sessionGRPC) Subscribe(dst []byte, number int, channel string) []byte {
	request := subscribeRequest(nil, number, channel)
	return append(c.appendPrefix(dst, len(request)), request...)
}

func (c *sessionGRPC) Unsubscribe(dst []byte, number int, channel string) []byte {
	request := unsubscribeRequest(nil, number, channel)
	return append(c.appendPrefix(dst, len(request)), request...)
}

func (c *sessionGRPC) Publish(dst []byte, channel string, payload []byte) []byte {
	size, _, _ := publishSize(channel, payload)
	return appendPublish(c.appendPrefix(dst, size), channel, payload)
}

// appendPrefix begins a DATA frame with one message of the size.
func (c *sessionGRPC) appendPrefix(dst []byte, size int) []byte {
	c.room -= grpcPrefixBytes + size
	c.connectionRoom -= grpcPrefixBytes + size
	dst = appendHTTP2Header(dst, grpcPrefixBytes+size, http2.FrameData, 0, streamID)
	return binary.BigEndian.AppendUint32(append(dst, 0), uint32(size))
}

func (c *sessionGRPC) Room() int { return min(c.room, c.connectionRoom) }

func (c *sessionGRPC) Receive(data []byte, to Receiver) (int, error) {
	c.to = to
	return c.receive(data, to, c.content)
}

func (c *sessionGRPC) content(piece []byte) error { return c.pieces.feed(piece, c.messages) }

var errCompressed = errors.New("the server sent a compressed message")

// messages reads the messages that are whole.
func (c *sessionGRPC) messages(stream []byte) (used int, err error) {
	for len(stream)-used >= grpcPrefixBytes {
		head := stream[used:]
		if head[0] != 0 {
			return used, errCompressed
		}
		length := int(binary.BigEndian.Uint32(head[1:]))
		if len(head) < grpcPrefixBytes+length {
			return checked(grpcPrefixBytes+length, used, nil)
		}
		if err := takeResponse(head[grpcPrefixBytes:grpcPrefixBytes+length], c.to); err != nil {
			return used, err
		}
		used += grpcPrefixBytes + length
	}
	return used, nil
}
