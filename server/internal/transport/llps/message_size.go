package llps

import "github.com/fastpubsub/fastpubsub/server/internal/session"

const (
	// mostPerByte is how many bytes JSON needs for one byte of a text at most:
	// \u0001. Base64 needs less.
	mostPerByte = 6
	// jsonRoom is for the rest of a JSON publish, in bytes: its members' names, of
	// which each letter may be escaped, and an id.
	jsonRoom = 4 << 10
)

// MaxMessage is the size of the largest message that a client has reason to send,
// in bytes: every publish within the limits fits (DL-7), in whatever way its JSON
// is written.
func MaxMessage(l session.Limits) int {
	return mostPerByte*(l.PayloadBytes+l.TenantBytes+l.ChannelBytes) + jsonRoom
}
