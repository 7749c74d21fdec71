package fleet

import (
	"encoding/binary"
	"time"
)

// StampBytes is the start of each payload: the message's number in its channel,
// when it was due, in nanoseconds of the loop's clock, and the channel's place
// among those of its listeners.
const StampBytes = 20

type stamp struct {
	number uint64
	due    time.Duration
	slot   uint32
}

func (s stamp) put(payload []byte) {
	binary.BigEndian.PutUint64(payload, s.number)
	binary.BigEndian.PutUint64(payload[8:], uint64(s.due))
	binary.BigEndian.PutUint32(payload[16:], s.slot)
}

func readStamp(payload []byte) stamp {
	return stamp{
		number: binary.BigEndian.Uint64(payload),
		due:    time.Duration(binary.BigEndian.Uint64(payload[8:])),
		slot:   binary.BigEndian.Uint32(payload[16:]),
	}
}
