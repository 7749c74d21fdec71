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
	c.to = to
	return c.receive(data, to, nil, c.frame)
}

func (c *sessionWebSocket) frame(opcode byte, data []byte) error {
	if opcode != opBinary {
		return fmt.Errorf("the server said %q", data)
	}
	return takeResponse(data, c.to)
}
