package bench

import (
	"crypto/rand"
	"strconv"
	"strings"
	"time"
)

// Plan is what a run does. Its caller has checked it: the numbers are positive
// where 0 is not said to mean something.
type Plan struct {
	// Publishers and Subscribers are clients with a connection each. Without
	// subscribers only publishing is measured.
	Publishers, Subscribers int
	// Channels is how many channels each publisher takes turns with. Each
	// subscriber gets all of them.
	Channels int
	// Size is the size of a payload in bytes, at least StampBytes.
	Size int
	// Count is how many messages are published in all; 0: as many as Duration
	// allows.
	Count int
	// Duration ends publishing; 0: Count alone does.
	Duration time.Duration
	// Rate is how many messages are published per second in all; 0: as many as the
	// subscribers take.
	Rate int
	// Ack asks for acknowledgements and measures their latency.
	Ack bool
	// Window is how many messages may be on their way to the slowest subscriber.
	Window int
	// Patience is how long nothing may arrive before messages count as lost.
	Patience time.Duration
	// Prefix is where the messages go: to channels "<prefix>.<run>.<number>".
	Prefix string
}

// channelsOf are the channels of a run of their own, and the pattern for them.
func (p *Plan) channelsOf() (channels []string, pattern string) {
	base := p.Prefix + "." + strings.ToLower(rand.Text()) + "."
	for i := range p.Channels {
		channels = append(channels, base+strconv.Itoa(i))
	}
	return channels, base + "*"
}

// share is how many of the messages a publisher sends; the first ones send the
// remainder.
func (p *Plan) share(publisher int) int {
	share := p.Count / p.Publishers
	if publisher < p.Count%p.Publishers {
		share++
	}
	return share
}
