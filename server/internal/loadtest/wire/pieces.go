package wire

// pieces is a stream that arrives in pieces, inside frames of another protocol.
type pieces struct{ kept []byte }

// feed gives take all of the stream that is not done with yet, and keeps what it
// leaves over.
func (p *pieces) feed(piece []byte, take func(stream []byte) (used int, err error)) error {
	stream := piece
	if len(p.kept) > 0 {
		p.kept = append(p.kept, piece...)
		stream = p.kept
	}
	used, err := take(stream)
	if err != nil {
		return err
	}
	left := stream[used:]
	if len(left) > MaxUnit {
		return errTooLarge
	}
	p.kept = append(p.kept[:0], left...)
	return nil
}
