package hub

import (
	"sync"

	"github.com/fastpubsub/fastpubsub/server/internal/outbox"
)

// maxEncoders is how many wires a process may speak.
const maxEncoders = 8

// encodings are the frames of one publish (or of several to one channel) for
// one group, one set for each wire that a member of the group speaks.
type encodings struct {
	group   *group
	matches []Match
	n       int
	made    [maxEncoders]encoding
}

type encoding struct {
	encoder Encoder
	single  *outbox.Frame // of the one message
	run     *outbox.Run   // of several
}

// unused are encodings that nobody uses now, with room for matches.
var unused = sync.Pool{New: func() any { return new(encodings) }}

// release lets go of everything but the room.
func (e *encodings) release() {
	clear(e.made[:])
	clear(e.matches)
	e.group, e.matches, e.n = nil, e.matches[:0], 0
	unused.Put(e)
}

// reset starts over for another group.
func (e *encodings) reset(g *group) {
	clear(e.matches)
	e.group, e.matches, e.n = g, matches(e.matches, g), 0
}

// frame is the one message in the form of one wire.
func (e *encodings) frame(encoder Encoder, m *Message) *outbox.Frame {
	of := e.of(encoder)
	if of.single == nil {
		of.single = encode(encoder, m, e.matches)
	}
	return of.single
}

// joinFrom is from how many listeners on it pays to join the frames of a run,
// which copies them once.
const joinFrom = 4

// run is the messages in the form of one wire.
func (e *encodings) run(encoder Encoder, messages []*Message) *outbox.Run {
	of := e.of(encoder)
	if of.run == nil {
		of.run = e.encodeAll(encoder, messages)
	}
	return of.run
}

func (e *encodings) encodeAll(encoder Encoder, messages []*Message) *outbox.Run {
	frames := make([]*outbox.Frame, len(messages))
	for i, m := range messages {
		frames[i] = encode(encoder, m, e.matches)
	}
	run := outbox.NewRun(frames)
	if len(e.group.Subscribers) >= joinFrom {
		run.Join()
	}
	return run
}

// of is the encoder's place, which is empty at first.
func (e *encodings) of(encoder Encoder) *encoding {
	for i := range e.n {
		if e.made[i].encoder == encoder {
			return &e.made[i]
		}
	}
	if e.n == maxEncoders {
		panic("hub: more wires than maxEncoders")
	}
	made := &e.made[e.n]
	*made = encoding{encoder: encoder}
	e.n++
	return made
}
