package outbox

// Kind says what a frame's bytes are.
type Kind uint8

// The kinds of frames.
const (
	// KindWire is bytes exactly as they go on the connection.
	KindWire Kind = iota
	// KindMessage is one whole message that the transport frames.
	KindMessage
	// KindDelivery is one element of a repeated field, tag and length included.
	// A transport may put neighbours into one message.
	KindDelivery
)

// Frame is a piece of what a connection sends. It is immutable once it has been
// pushed, and shared by all connections that send it.
type Frame struct {
	// Kind says what Data is.
	Kind Kind
	// Messages is how many deliveries are inside. 0 is a control frame, which is
	// never dropped.
	Messages int
	// Data is the frame's bytes.
	Data []byte
	// PublishedAt is when the first delivery was published, in nanoseconds since
	// the Unix epoch; 0 for control frames. The hub sets it.
	PublishedAt int64

	joint *joint // what was joined to Data; nil: nothing
}

// joint is the frames of one delivery each of which one was made.
type joint struct{ parts []*Frame }

// Writer puts frames on a connection.
type Writer interface {
	// WriteFrames puts the frames on the connection, in order, in as few writes
	// as possible. One goroutine at a time calls it. It may block; it must not
	// keep the slice. An error ends the connection.
	WriteFrames(frames []*Frame) error
}
