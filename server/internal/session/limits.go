package session

// Limits are the limits of one session (section 5 of the specification).
type Limits struct {
	// TenantBytes is the longest tenant.
	TenantBytes int
	// ChannelBytes is the longest channel and the longest pattern.
	ChannelBytes int
	// PayloadBytes is the largest payload.
	PayloadBytes int
	// FrameBytes is the largest frame that a transport reads.
	FrameBytes int
	// Subscriptions is how many subscriptions one connection may hold; 0: any.
	Subscriptions int
	// ConnectionsPerToken is how many live connections one token may have; 0: any.
	ConnectionsPerToken int
	// PublishesPerSecond is the rate of publishes of one connection; 0: any.
	PublishesPerSecond int
}
