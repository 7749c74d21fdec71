// Package authz says what an access token allows. The grants of a token are
// compiled once into Rights; these answer, for every publish and every
// subscription, without allocating and from any number of goroutines.
package authz

import "github.com/fastpubsub/fastpubsub/server/internal/channel"

// Grant is what a token allows in some tenants (TK-3), as an administrator gave
// it. Compile checks it and keeps none of the slices.
type Grant struct {
	// Tenants are names without wildcards (CH-5); the empty text means "~". A
	// grant without tenants allows nothing.
	Tenants []string
	// Publish are the rules for publishing. None: nothing may be published.
	Publish []string
	// Subscribe are the rules for subscribing. None: nothing may be subscribed.
	Subscribe []string
}

// Limits bound the names in grants. A zero field means the default.
type Limits struct {
	TenantBytes  int // longest tenant, in bytes; default channel.MaxTenantBytes
	ChannelBytes int // longest channel, in bytes; default channel.MaxChannelBytes
}

func (l Limits) withDefaults() Limits {
	if l.TenantBytes == 0 {
		l.TenantBytes = channel.MaxTenantBytes
	}
	if l.ChannelBytes == 0 {
		l.ChannelBytes = channel.MaxChannelBytes
	}
	return l
}
