package fault

// Reason is why something failed: a reason of the catalogue as it is written on
// every wire, or one of the client's own.
type Reason string

// The reasons of the catalogue that the SDK itself compares or produces.
const (
	TokenInvalid       Reason = "TOKEN_INVALID"
	TokenExpired       Reason = "TOKEN_EXPIRED"
	MasterTokenInvalid Reason = "MASTER_TOKEN_INVALID"
	SubscribeDenied    Reason = "SUBSCRIBE_DENIED"
	TenantInvalid      Reason = "TENANT_INVALID"
	ChannelInvalid     Reason = "CHANNEL_INVALID"
	PatternInvalid     Reason = "PATTERN_INVALID"
	RequestInvalid     Reason = "REQUEST_INVALID"
	FrameInvalid       Reason = "FRAME_INVALID"
	PayloadTooLarge    Reason = "PAYLOAD_TOO_LARGE"
	RateLimited        Reason = "RATE_LIMITED"
	Draining           Reason = "DRAINING"
	Overloaded         Reason = "OVERLOADED"
	Internal           Reason = "INTERNAL"
)

// The client's own reasons: what no server says.
const (
	// Unreachable: an attempt to connect did not reach a server that speaks the
	// protocol.
	Unreachable Reason = "UNREACHABLE"
	// ConnectionLost: the connection broke while a command was in flight; its
	// outcome is unknown.
	ConnectionLost Reason = "CONNECTION_LOST"
	// BufferFull: there is no connection and the buffer for publishes is full.
	BufferFull Reason = "BUFFER_FULL"
	// TimedOut: the caller's deadline passed.
	TimedOut Reason = "TIMED_OUT"
	// Canceled: the caller gave up.
	Canceled Reason = "CANCELED"
	// Closed: the application has closed the client or the subscription.
	Closed Reason = "CLOSED"
	// TokenSourceFailed: the token source gave no token.
	TokenSourceFailed Reason = "TOKEN_SOURCE_FAILED"
)
