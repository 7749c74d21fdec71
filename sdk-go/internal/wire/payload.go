package wire

const (
	// blockBytes is how many bytes of payloads share one allocation, at most: what
	// an application pins that keeps one small payload of a big frame.
	blockBytes = 4096
	// ownBytes is from how many bytes on a payload gets an allocation of its own.
	ownBytes = 1024
)

// payloadBlock copies payloads out of a frame, many into one allocation. A block
// is never longer than what the frame can still fill, so that a message that
// comes alone shares its memory with nothing.
type payloadBlock struct{ free []byte }

// copy copies a payload. remaining is how many bytes of payloads the frame can
// still hold, this one included.
func (p *payloadBlock) copy(payload []byte, remaining int) []byte {
	size := len(payload)
	if size >= ownBytes {
		return append(make([]byte, 0, size), payload...)
	}
	if size > len(p.free) {
		p.free = make([]byte, min(blockBytes, remaining))
	}
	own := p.free[:size:size]
	p.free = p.free[size:]
	copy(own, payload)
	return own
}

// reset ends a frame.
func (p *payloadBlock) reset() { p.free = nil }
