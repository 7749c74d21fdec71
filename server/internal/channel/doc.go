// Package channel is the grammar of names: tenants, channels, the patterns of
// subscriptions and the rules inside grants, and what these match and contain.
//
// It is pure: it imports nothing of FastPubSub, keeps no state, and all of its
// values are immutable, so every function may be called from any goroutine.
//
//   - A tenant is one flat name (CheckTenant, NormalizeTenant).
//   - A channel is a list of tokens with dots between them (CheckChannel).
//   - A Pattern selects channels: "a.b", "a.*", "a.b*", "a.#", "a.>".
//   - A Rule of a grant selects channels that may be published to, and contains
//     the patterns that may be subscribed.
//
// Names are compared byte by byte; nothing is folded, trimmed or decoded (CH-4).
// Everything here takes names that a client has sent, so the Check and Parse
// functions never panic, whatever the bytes. Match, Matches and Contains take
// checked names only: their answer for others means nothing.
package channel

// The limits that hold unless a server is configured otherwise.
const (
	// MaxTenantBytes is the longest tenant, in bytes (CH-1).
	MaxTenantBytes = 128
	// MaxChannelBytes is the longest channel and the longest pattern, in bytes
	// (CH-2, CH-7).
	MaxChannelBytes = 256
)
