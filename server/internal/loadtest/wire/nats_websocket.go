package wire

// NATSWebSocket speaks the client protocol of nats-server over WebSocket: a
// stream in frames of any size.
func NATSWebSocket(host string) Wire {
	opening := newUpgrade(host, "/", "", "")
	return func() Conn { return &natsWebSocket{upgrade: opening} }
}

type natsWebSocket struct {
	upgrade
	inner   nats
	pieces  pieces
	pending int         // bytes of the current frame that have not arrived yet
	to      frameWriter // during Receive
}

// frameWriter sends what the inner protocol replies in a frame.
type frameWriter struct{ Receiver }

func (w *frameWriter) Reply(data []byte) { w.Receiver.Reply(appendFrame(nil, opBinary, data)) }

func (c *natsWebSocket) Subscribe(dst []byte, number int, channel string) []byte {
	return appendFrame(dst, opBinary, c.inner.Subscribe(nil, number, channel))
}

func (c *natsWebSocket) Unsubscribe(dst []byte, number int, channel string) []byte {
	return appendFrame(dst, opBinary, c.inner.Unsubscribe(nil, number, channel))
}

func (c *natsWebSocket) Publish(dst []byte, channel string, payload []byte) []byte {
	size := len("PUB ") + len(channel) + 1 + decimals(len(payload)) + 2 + len(payload) + 2
	return c.inner.Publish(appendHeader(dst, opBinary, size), channel, payload)
}

func decimals(n int) int {
	digits := 1
	for ; n >= 10; n /= 10 {
		digits++
	}
	return digits
}

func (*natsWebSocket) Room() int { return unlimited }

func (c *natsWebSocket) Receive(data []byte, to Receiver) (used int, err error) {
	if !c.done {
		if used, err = c.answer(data); err != nil || !c.done {
			return 0, err
		}
	}
	c.to.Receiver = to
	for used < len(data) {
		if c.pending > 0 {
			piece := data[used:min(len(data), used+c.pending)]
			if err := c.pieces.feed(piece, c.stream); err != nil {
				return used, err
			}
			c.pending -= len(piece)
			used += len(piece)
			continue
		}
		h, err := readHeader(data[used:])
		if err != nil || h.size == 0 {
			return used, err
		}
		if h.opcode == opBinary {
			c.pending = h.length
			used += h.size
			continue
		}
		if len(data)-used < h.size+h.length {
			return checked(h.size+h.length, used, nil)
		}
		if err := control(h.opcode, data[used+h.size:used+h.size+h.length], to); err != nil {
			return used, err
		}
		used += h.size + h.length
	}
	return used, nil
}

func (c *natsWebSocket) stream(stream []byte) (int, error) { return c.inner.Receive(stream, &c.to) }
