package wire

// Echo is a WebSocket whose server sends each frame back.
func Echo(host string) Wire {
	opening := newUpgrade(host, "/", "", "")
	return func() Conn { return &echo{upgrade: opening} }
}

type echo struct {
	upgrade
	to Receiver // during Receive
}

// Subscribe sends a text frame: its echo is the acknowledgement.
func (c *echo) Subscribe(dst []byte, _ int, channel string) []byte {
	return appendFrame(dst, opText, []byte(channel))
}

func (c *echo) Unsubscribe(dst []byte, number int, channel string) []byte {
	return c.Subscribe(dst, number, channel)
}

func (c *echo) Publish(dst []byte, _ string, payload []byte) []byte {
	return appendFrame(dst, opBinary, payload)
}

func (*echo) Room() int { return unlimited }

func (c *echo) Receive(data []byte, to Receiver) (int, error) {
	c.to = to
	return c.receive(data, to, to.Opened, c.frame)
}

func (c *echo) frame(opcode byte, data []byte) error {
	if opcode == opText {
		c.to.Acknowledged(1)
	} else {
		c.to.Message(data)
	}
	return nil
}
