package wsframe

import "encoding/binary"

// Unmask removes the mask of a payload, all of it, in place (RFC 6455, section 5.3).
func Unmask(payload []byte, mask [maskSize]byte) {
	key := uint64(binary.LittleEndian.Uint32(mask[:]))
	key |= key << 32
	for len(payload) >= 8 {
		binary.LittleEndian.PutUint64(payload, binary.LittleEndian.Uint64(payload)^key)
		payload = payload[8:]
	}
	for i := range payload {
		payload[i] ^= mask[i%maskSize]
	}
}
