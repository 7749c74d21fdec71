// Package framebuf makes frames together with room for their bytes: small ones,
// which are most, in one allocation instead of two.
package framebuf

import "github.com/fastpubsub/fastpubsub/server/internal/outbox"

// New makes a frame with empty Data and room for size bytes, which the caller
// appends before anybody else sees the frame.
func New(kind outbox.Kind, messages, size int) *outbox.Frame {
	f := allocate(size)
	f.Kind, f.Messages = kind, messages
	return f
}

// The rooms fill, with the frame in front of them, the allocator's size classes
// of 128, 256, 512, 1024 and 2048 bytes.
const (
	room128  = 128 - frameSize
	room256  = 256 - frameSize
	room512  = 512 - frameSize
	room1024 = 1024 - frameSize - largeHeader
	room2048 = 2048 - frameSize - largeHeader
)

const (
	frameSize   = 56 // of outbox.Frame on 64-bit machines
	largeHeader = 8  // which the allocator puts before objects over 512 bytes
)

func allocate(size int) *outbox.Frame {
	switch {
	case size <= room128:
		made := new(struct {
			frame outbox.Frame
			room  [room128]byte
		})
		return occupy(&made.frame, made.room[:])
	case size <= room256:
		made := new(struct {
			frame outbox.Frame
			room  [room256]byte
		})
		return occupy(&made.frame, made.room[:])
	case size <= room512:
		made := new(struct {
			frame outbox.Frame
			room  [room512]byte
		})
		return occupy(&made.frame, made.room[:])
	case size <= room1024:
		made := new(struct {
			frame outbox.Frame
			room  [room1024]byte
		})
		return occupy(&made.frame, made.room[:])
	case size <= room2048:
		made := new(struct {
			frame outbox.Frame
			room  [room2048]byte
		})
		return occupy(&made.frame, made.room[:])
	default:
		return &outbox.Frame{Data: make([]byte, 0, size)}
	}
}

func occupy(f *outbox.Frame, room []byte) *outbox.Frame {
	f.Data = room[:0]
	return f
}
