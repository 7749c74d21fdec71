package session

import (
	"cmp"
	"math"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	fastpubsubv1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/v1"
)

// The limits and the interval of a server that does not say otherwise.
const (
	defaultTenantBytes  = 128
	defaultChannelBytes = 256
	defaultPayloadBytes = 65535
	defaultKeepAlive    = 20 * time.Second
)

// Limits are what the server accepts, in bytes.
type Limits struct {
	Tenant  int
	Channel int
	Payload int
	Frame   int
}

// DefaultLimits hold until a server has said otherwise.
var DefaultLimits = Limits{
	Tenant: defaultTenantBytes, Channel: defaultChannelBytes, Payload: defaultPayloadBytes, Frame: math.MaxInt32,
}

// Welcome is the server's first word.
type Welcome struct {
	SessionID     string
	Node          string
	ServerVersion string
	Limits        Limits
	KeepAlive     time.Duration
}

// GoAway asks the client to move.
type GoAway struct {
	Reason fastpubsubv1.ErrorReason
	Text   string
	// Until is when the server closes the connection.
	Until time.Time
}

func welcomeOf(w *fastpubsubv1.Welcome) Welcome {
	limits := w.GetLimits()
	keepAlive := w.GetKeepAliveInterval().AsDuration()
	if keepAlive <= 0 {
		keepAlive = defaultKeepAlive
	}
	return Welcome{
		SessionID:     w.GetSessionId(),
		Node:          w.GetNode(),
		ServerVersion: w.GetServerVersion(),
		KeepAlive:     keepAlive,
		Limits: Limits{
			Tenant:  limit(limits.GetMaxTenantBytes(), defaultTenantBytes),
			Channel: limit(limits.GetMaxChannelBytes(), defaultChannelBytes),
			Payload: limit(limits.GetMaxPayloadBytes(), defaultPayloadBytes),
			Frame:   limit(limits.GetMaxFrameBytes(), math.MaxInt32),
		},
	}
}

func limit(declared uint32, otherwise int) int {
	return int(min(cmp.Or(int64(declared), int64(otherwise)), math.MaxInt32))
}

// unixNanos is 0 for a time that was not said, and the last time that there is
// for later ones.
func unixNanos(t *timestamppb.Timestamp) int64 {
	switch {
	case t == nil:
		return 0
	case t.GetSeconds() >= math.MaxInt64/int64(time.Second):
		return math.MaxInt64
	}
	return t.AsTime().UnixNano()
}
