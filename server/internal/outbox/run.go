package outbox

// Run is deliveries in a row, made once for all connections that get all of
// them. It is immutable.
type Run struct {
	frames []*Frame // one for each delivery
	joined []*Frame // the same bytes, in as few frames as there may be
	bytes  int
}

// JoinedBytes is how many bytes of several deliveries stand together at most, here
// and in a message of a transport: with what is put around them, they fit one HTTP/2
// frame of 16 KiB.
const JoinedBytes = 15 << 10

// joinMost is up to which size a frame is joined with others, in bytes: a copy of a
// larger one costs more than what it saves.
const joinMost = 4 << 10

// NewRun makes a run of frames of one delivery each, which it keeps.
func NewRun(frames []*Frame) *Run {
	r := &Run{frames: frames, joined: frames}
	for _, f := range frames {
		r.bytes += len(f.Data)
	}
	return r
}

// Join makes few frames of the run's many, for a run that goes to many
// connections: a queue then holds, and a write has, fewer pieces. It copies the
// run's bytes. Nobody else may have the run yet.
func (r *Run) Join() {
	r.joined = nil
	for rest := r.frames; len(rest) > 0; {
		n, bytes := joinable(rest)
		r.joined = append(r.joined, join(rest[:n], bytes))
		rest = rest[n:]
	}
}

// joinable says how many of the first frames become one, and their bytes.
func joinable(frames []*Frame) (n, bytes int) {
	for n < len(frames) {
		f := frames[n]
		size := len(f.Data)
		if n > 0 && (size > joinMost || f.Kind != frames[0].Kind || bytes+size > JoinedBytes) {
			break
		}
		bytes += size
		n++
		if size > joinMost || f.Kind == KindMessage {
			break
		}
	}
	return n, bytes
}

func join(frames []*Frame, bytes int) *Frame {
	if len(frames) == 1 {
		return frames[0]
	}
	f := &Frame{
		Kind:        frames[0].Kind,
		Messages:    len(frames),
		Data:        make([]byte, 0, bytes),
		PublishedAt: frames[0].PublishedAt,
		joint:       &joint{parts: frames},
	}
	for _, part := range frames {
		f.Data = append(f.Data, part.Data...)
	}
	return f
}

// withoutFirst is a joined frame without its first part. The original stays as it
// is: other connections have it.
func (f *Frame) withoutFirst() *Frame {
	rest, parts := *f, *f.joint
	rest.joint = &parts
	rest.dropFirst()
	return &rest
}

// dropFirst takes the first part off a joined frame that nobody else has.
func (f *Frame) dropFirst() {
	parts := f.joint.parts
	f.Data = f.Data[len(parts[0].Data):]
	f.joint.parts = parts[1:]
	f.Messages--
	f.PublishedAt = parts[1].PublishedAt
}
