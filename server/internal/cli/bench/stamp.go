package bench

import (
	"encoding/binary"
	"time"
)

// StampBytes is the smallest payload: what a stamp takes.
const StampBytes = 1 + 4 + 8 + 8

// The kinds of stamps.
const (
	kindMessage = 'm'
	kindEnd     = 'e'
)

// stamp is the head of each payload.
type stamp struct {
	// kind is a message, or the end of its publisher's stream on its channel.
	kind byte
	// publisher is who sent it, from 0.
	publisher uint32
	// sequence counts the publisher's messages on this channel, from 0. At the end
	// it is how many there were.
	sequence uint64
	// sent is when it was sent, since the start of the run.
	sent time.Duration
}

// write puts the stamp at the head of payload, which has room for it.
func (s stamp) write(payload []byte) {
	payload[0] = s.kind
	binary.BigEndian.PutUint32(payload[1:], s.publisher)
	binary.BigEndian.PutUint64(payload[5:], s.sequence)
	binary.BigEndian.PutUint64(payload[13:], uint64(s.sent)) //nolint:gosec // not negative
}

// readStamp reads the head of a payload; ok is false if there is none.
func readStamp(payload []byte) (s stamp, ok bool) {
	if len(payload) < StampBytes || payload[0] != kindMessage && payload[0] != kindEnd {
		return stamp{}, false
	}
	sent := binary.BigEndian.Uint64(payload[13:])
	return stamp{
		kind:      payload[0],
		publisher: binary.BigEndian.Uint32(payload[1:]),
		sequence:  binary.BigEndian.Uint64(payload[5:]),
		sent:      time.Duration(sent), //nolint:gosec // as written
	}, true
}
