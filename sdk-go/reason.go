package fastpubsub

// Reason is why something failed. It is also an error, as a target for
// errors.Is.
type Reason string

// Error is the reason's text.
func (r Reason) Error() string { return "fastpubsub: " + string(r) }

// The reasons of the catalogue: what a server says.
const (
	// ReasonTokenMissing: no access token was given.
	ReasonTokenMissing Reason = "TOKEN_MISSING"
	// ReasonTokenInvalid: the token is malformed, unknown, or its secret is wrong.
	ReasonTokenInvalid Reason = "TOKEN_INVALID"
	// ReasonTokenRevoked: an administrator has revoked the token.
	ReasonTokenRevoked Reason = "TOKEN_REVOKED"
	// ReasonTokenExpired: the token ran out, or it was deactivated.
	ReasonTokenExpired Reason = "TOKEN_EXPIRED"
	// ReasonIPNotAllowed: the token does not allow the client's address.
	ReasonIPNotAllowed Reason = "IP_NOT_ALLOWED"
	// ReasonRegionNotAllowed: the token does not allow the server's region.
	ReasonRegionNotAllowed Reason = "REGION_NOT_ALLOWED"
	// ReasonOriginNotAllowed: the token is for browsers of certain origins.
	ReasonOriginNotAllowed Reason = "ORIGIN_NOT_ALLOWED"
	// ReasonMasterTokenInvalid: the master token is missing or wrong.
	ReasonMasterTokenInvalid Reason = "MASTER_TOKEN_INVALID"
	// ReasonPublishDenied: the token does not allow publishing there.
	ReasonPublishDenied Reason = "PUBLISH_DENIED"
	// ReasonSubscribeDenied: the token does not allow everything that the pattern
	// can match.
	ReasonSubscribeDenied Reason = "SUBSCRIBE_DENIED"
	// ReasonTenantInvalid: the tenant breaks the grammar.
	ReasonTenantInvalid Reason = "TENANT_INVALID"
	// ReasonChannelInvalid: the channel breaks the grammar.
	ReasonChannelInvalid Reason = "CHANNEL_INVALID"
	// ReasonPatternInvalid: the pattern breaks the grammar.
	ReasonPatternInvalid Reason = "PATTERN_INVALID"
	// ReasonRuleInvalid: a rule of a grant breaks the grammar.
	ReasonRuleInvalid Reason = "RULE_INVALID"
	// ReasonTTLInvalid: the expiry is in the past or too far ahead.
	ReasonTTLInvalid Reason = "TTL_INVALID"
	// ReasonRequestInvalid: a value is not accepted, for example of an option.
	ReasonRequestInvalid Reason = "REQUEST_INVALID"
	// ReasonFrameInvalid: the server did not understand the client.
	ReasonFrameInvalid Reason = "FRAME_INVALID"
	// ReasonPayloadTooLarge: the payload is longer than the limit.
	ReasonPayloadTooLarge Reason = "PAYLOAD_TOO_LARGE"
	// ReasonTooManySubscriptions: the connection holds as many as it may.
	ReasonTooManySubscriptions Reason = "TOO_MANY_SUBSCRIPTIONS"
	// ReasonTooManyConnections: the token has as many as it may.
	ReasonTooManyConnections Reason = "TOO_MANY_CONNECTIONS"
	// ReasonRateLimited: too many requests in a short time.
	ReasonRateLimited Reason = "RATE_LIMITED"
	// ReasonSlowConsumer: the client read more slowly than messages came.
	ReasonSlowConsumer Reason = "SLOW_CONSUMER"
	// ReasonTokenNotFound: there is no token with this id.
	ReasonTokenNotFound Reason = "TOKEN_NOT_FOUND"
	// ReasonDraining: the server is about to stop.
	ReasonDraining Reason = "DRAINING"
	// ReasonOverloaded: the server has more work than it can do.
	ReasonOverloaded Reason = "OVERLOADED"
	// ReasonBackplaneUnavailable: the server is cut off from the other nodes.
	ReasonBackplaneUnavailable Reason = "BACKPLANE_UNAVAILABLE"
	// ReasonStoreUnavailable: the server is cut off from its token store.
	ReasonStoreUnavailable Reason = "STORE_UNAVAILABLE"
	// ReasonInternal: the server failed.
	ReasonInternal Reason = "INTERNAL"
)

// The client's own reasons: what no server says.
const (
	// ReasonUnreachable: no server that speaks the protocol was reached.
	ReasonUnreachable Reason = "UNREACHABLE"
	// ReasonConnectionLost: the connection broke before the server had answered.
	// Whether the call took effect is unknown.
	ReasonConnectionLost Reason = "CONNECTION_LOST"
	// ReasonBufferFull: there is no connection now, and the buffer for publishes
	// is full.
	ReasonBufferFull Reason = "BUFFER_FULL"
	// ReasonTimedOut: the caller's deadline passed. The cause is
	// context.DeadlineExceeded.
	ReasonTimedOut Reason = "TIMED_OUT"
	// ReasonCanceled: the caller gave up. The cause is context.Canceled.
	ReasonCanceled Reason = "CANCELED"
	// ReasonClosed: the application has closed the client or the subscription.
	ReasonClosed Reason = "CLOSED"
	// ReasonTokenSourceFailed: the token source gave no token.
	ReasonTokenSourceFailed Reason = "TOKEN_SOURCE_FAILED"
)
