package rpc

import (
	"context"
	"net/netip"
)

// Authorizer knows the master tokens.
type Authorizer interface {
	// Authorize refuses what is no master token (MASTER_TOKEN_INVALID).
	Authorize(bearer string) error
}

// Throttle slows down who fails again and again.
type Throttle interface {
	// Refuse notes a failure from an address, and returns the refusal when it may
	// be answered, or RATE_LIMITED.
	Refuse(ctx context.Context, ip netip.Addr, refusal error) error
}

// door lets in who shows a master token.
type door struct {
	authorizer Authorizer
	throttle   Throttle
}

// Authorize refuses a caller who shows no master token. Who shows wrong ones again
// and again is answered late, or with RATE_LIMITED (TK-12); who shows none guesses
// nothing, and is answered at once, like who shows a right one. Every call
// authorizes its caller itself; a protocol may ask before it reads a request.
func (d door) Authorize(ctx context.Context) error {
	c := callerOf(ctx)
	err := d.authorizer.Authorize(c.Bearer)
	if err == nil || c.Bearer == "" {
		return err
	}
	return d.throttle.Refuse(ctx, c.Addr, err)
}
