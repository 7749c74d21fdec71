// Package intern keeps the names that a connection used last, so that a client
// that publishes to one channel costs no new text with each message.
package intern

// maxKept is the longest name that is kept, in bytes: a valid name under the
// default limits is at most 256, and what a client sends beyond does not stay in
// memory.
const maxKept = 512

// Names are the tenant and the channel that were asked for last. The zero value
// is ready. One goroutine at a time uses it.
type Names struct{ tenant, channel string }

// Tenant is b as a text.
func (n *Names) Tenant(b []byte) string { return look(&n.tenant, b) }

// Channel is b as a text.
func (n *Names) Channel(b []byte) string { return look(&n.channel, b) }

func look(last *string, b []byte) string {
	if string(b) == *last {
		return *last
	}
	text := string(b)
	if len(text) <= maxKept {
		*last = text
	}
	return text
}
