package wire

import "fmt"

// SessionWebSocket speaks the session protocol over WebSocket.
func SessionWebSocket(host, token string) Wire {
	opening := newUpgrade(host, "/ws", "fastpubsub.v1", token)
	return func() Conn { return &sessionWebSocket{upgrade: opening} }
}

type sessionWebSocket struct {
	upgrade
	to Receiver // during Receive
}

func (c *sessionWebSocket) Hello(dst []byte) []byte { return append(dst, c.request...) }

func (c *sessionWebSocket) Subscribe(dst []byte, number int, channel string) []byte {
	return appendFrame(dst, opBinary, subscribeRequest(nil, number, channel))
}

func (c *sessionWebSocket) Unsubscribe(dst []byte, number int, channel string) []byte {
	return appendFrame(dst, opBinary, unsubscribeRequest(nil, number, channel))
}

func (c *sessionWebSocket) Publish(dst []byte, channel string, payload []byte) []byte {
	size, _, _ := publishSize(channel, payload)
	return appendPublish(appendHeader(dst, opBinary, size), channel, payload)
}

func (*sessionWebSocket) Room() int { return unlimited }

func (c *sessionWebSocket) Receive(data []byte, to Receiver) (int, error) {
	begin := 0
	if !c.done {
		var err error
		if begin, err = c.answer(data); err != nil || !c.done {
			return 0, err
		}
	}
	c.to = to
	used, err := receiveFrames(data[begin:], to, c.frame)
	return begin + used, err
}

func (c *sessionWebSocket) frame(opcode byte, data []byte) error {
	if opcode != opBinary {
		return fmt.Errorf("the server said %q", data)
	}
	return takeResponse(data, c.to)
}
